// SPDX-License-Identifier: MIT
// What the numbers of a weight prove, as they are: signs, zeros, levels and norms.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/certify/layer_steps.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier {

/// Numbers that are whole multiples of a step, rounded as S is.
struct LevelGrid {
  Index levels = 0;       ///< how many different numbers there are; 0: more than `most`
  double lo = 0, hi = 0;  ///< the least and the largest number
  /// Every number is a whole multiple of this, at most `most` of them, rounded to the precision of the model.
  /// 0: there is none, or it was not found.
  double step = 0;

  static constexpr Index most = 4096;
  bool operator==(const LevelGrid&) const = default;
};

/// Of W as the layer multiplies by it: of a reparametrized weight what the map makes of the stored numbers.
/// Each is exact, by comparison of numbers.
struct WeightFacts {
  std::string parameter;  ///< "0.weight"
  Index rows = 0, cols = 0;
  Index zeros = 0;   ///< numbers that are exactly 0
  Index unread = 0;  ///< columns of zeros: what comes in there is never read
  bool not_negative = false, not_positive = false;
  double largest = 0;  ///< magnitude
  LevelGrid grid{};
  /// 1 / strength of WeightDecay on the stored numbers; 0 without it, or with schedule_only. AdamW converges
  /// into the box of numbers of at most this magnitude (Xie & Li 2024, arXiv 2404.04454).
  double decay_box = 0;
  bool in_decay_box = false;  ///< are all stored numbers in it?

  bool operator==(const WeightFacts&) const = default;
};

namespace detail {

/// The greatest common divisor of two numbers that are not negative, up to roundings (Euclid).
inline double common_divisor(double a, double b, double tolerance) {
  while (b > tolerance) a = std::exchange(b, std::abs(std::remainder(a, b)));
  return a;
}

/// x as a number of the model.
inline double rounded(double x, bool single) {
  return single ? static_cast<double>(static_cast<float>(x)) : x;
}

inline bool are_multiples(const std::vector<double>& numbers, double step, bool single) {
  return std::all_of(numbers.begin(), numbers.end(),
                     [&](double x) { return rounded(std::round(x / step) * step, single) == x; });
}

/// A step in the middle of those that each number allows, which is off by half a unit in the last place.
inline double middle_step(const std::vector<double>& numbers, double near, bool single) {
  double lo = 0, hi = HUGE_VAL;
  for (const double x : numbers) {
    if (x == 0) continue;
    const double half = std::abs(x) * (single ? 0x1p-25 : 0x1p-54), k = std::round(std::abs(x) / near);
    lo = std::max(lo, (std::abs(x) - half) / k), hi = std::min(hi, (std::abs(x) + half) / k);
  }
  return lo + (hi - lo) / 2;
}

/// The largest step whose multiples rising numbers are, if there is one; `single`: of floats.
inline double common_step(const std::vector<double>& numbers, bool single) {
  const double most = std::max(std::abs(numbers.front()), std::abs(numbers.back()));
  const double tolerance = most * (single ? 0x1p-16 : 0x1p-36);
  double step = 0, seen = 0;
  for (const double x : numbers) {
    step = common_divisor(std::max(step, std::abs(x)), std::min(step, std::abs(x)), tolerance);
    seen = std::max(seen, std::abs(x));
    if (!(step > 0)) continue;
    if (!(seen / step <= LevelGrid::most)) return 0;
    step = seen / std::round(seen / step);  // as right as the number is
  }
  if (!(step > 0)) return 0;
  for (const double one : {step, middle_step(numbers, step, single)})
    if (are_multiples(numbers, one, single)) return one;
  return 0;
}

inline LevelGrid grid_of(std::vector<double> numbers, bool single) {
  LevelGrid grid;
  if (numbers.empty()) return grid;
  std::sort(numbers.begin(), numbers.end());
  grid.lo = numbers.front(), grid.hi = numbers.back();
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  if (static_cast<Index>(numbers.size()) > LevelGrid::most) return grid;
  grid.levels = static_cast<Index>(numbers.size());
  grid.step = common_step(numbers, single);
  return grid;
}

/// Is each column read, that is not all zeros?
inline std::vector<bool> columns_read(const MadeWeight& w) {
  std::vector<bool> read(static_cast<std::size_t>(w.cols));
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < w.cols; ++i)
      if (w.block().row(j)[i] != 0) read[static_cast<std::size_t>(i)] = true;
  return read;
}

inline WeightFacts facts_of(std::string parameter, const MadeWeight& w, bool single) {
  WeightFacts facts{std::move(parameter), w.rows, w.cols};
  facts.not_negative = facts.not_positive = true;
  for (const double x : w.numbers) {
    facts.zeros += x == 0;
    facts.not_negative = facts.not_negative && x >= 0, facts.not_positive = facts.not_positive && x <= 0;
    facts.largest = std::max(facts.largest, std::abs(x));
  }
  const std::vector<bool> read = columns_read(w);
  facts.unread = static_cast<Index>(std::count(read.begin(), read.end(), false));
  facts.grid = grid_of(w.numbers, single);
  return facts;
}

/// "0.gain" of "0.weight", "2.gain_hh" of "2.weight_hh".
inline std::string gain_of(std::string path) {
  constexpr std::string_view weight = "weight";
  const std::size_t at = path.rfind(weight);
  return at == path.npos ? path : path.replace(at, weight.size(), "gain");
}

}  // namespace detail

/// The facts of each weight of a model, in its order. Time: a sort of the numbers.
template <Scalar S>
std::vector<WeightFacts> weight_facts(const Parameters<S>& parameters) {
  std::vector<WeightFacts> all;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    if (e.kind != ParameterKind::weight) continue;
    all.push_back(detail::facts_of(e.path, detail::made_weight(parameters, e.path, detail::gain_of(e.path)),
                                   sizeof(S) == sizeof(float)));
    const auto* decay = e.pack.template find<WeightDecay>();
    if (!decay || !(decay->strength > 0) || decay->schedule_only) continue;
    const Block<const S> stored = parameters.values_of(e);
    all.back().decay_box = 1 / decay->strength;
    all.back().in_decay_box = std::all_of(stored.data, stored.data + stored.size(), [&](S x) {
      return std::abs(static_cast<double>(x)) * decay->strength <= 1;
    });
  }
  return all;
}

}  // namespace espalier
