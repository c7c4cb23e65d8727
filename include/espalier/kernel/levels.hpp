// SPDX-License-Identifier: MIT
// The nearest level to a number, of a grid or of a list.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"

namespace espalier::detail {

/// The multiples of `step` from lo to hi. Bounds that miss a multiple by rounding only, as 0.3 that of 0.1,
/// are that multiple.
struct GridLevels {
  double step, lo, hi;

  /// A rounded product of `step` and a whole number. Halves go away from zero; what is not a number stays so.
  template <Scalar S>
  S nearest(S x) const {
    return static_cast<S>(number_of(static_cast<double>(x)) * step);
  }
  /// How many steps that is, and the least and the most of them.
  double number_of(double x) const { return std::clamp(std::round(x / step), least(), most()); }
  double least() const { return is_multiple(lo) ? std::round(lo / step) : std::ceil(lo / step); }
  double most() const { return is_multiple(hi) ? std::round(hi / step) : std::floor(hi / step); }
  /// The level of the largest magnitude that is not above that of x, with its sign, also after rounding; 0 is
  /// a level.
  template <Scalar S>
  S toward_zero(S x) const {
    const double level = number_of(static_cast<double>(x));
    const auto near = static_cast<S>(level * step);
    return std::abs(near) > std::abs(x) ? static_cast<S>((level - std::copysign(1.0, level)) * step) : near;
  }
  /// One of the two next levels, such that the mean over u, uniform on [0, 1), is x.
  template <Scalar S>
  S some(S x, double u) const {
    const double number = static_cast<double>(x) / step, below = std::floor(number);
    return static_cast<S>(std::clamp(below + (u < number - below), least(), most()) * step);
  }
  /// Throws ValueError, naming the policy, where there are none.
  void check(std::string_view policy) const {
    check_positive_float(policy, "step", step);
    if (!(least() <= most()) || !(std::max(-lo, hi) / step <= 0x1p53))
      fail(policy, "a multiple of step from lo to hi, which are finite",
           format_message("step = {}, lo = {}, hi = {}", {step, lo, hi}));
  }

  bool operator==(const GridLevels&) const = default;

 private:
  /// But for the roundings of step, bound and quotient, a unit of roundoff each.
  bool is_multiple(double bound) const {
    const double number = bound / step;
    return std::abs(number - std::round(number)) <=
           2 * std::numeric_limits<double>::epsilon() * std::abs(number);
  }
};

/// Levels at any distance from one another.
class ListedLevels {
 public:
  ListedLevels() = default;
  explicit ListedLevels(std::vector<double> levels) : rising_(std::move(levels)) {
    std::sort(rising_.begin(), rising_.end());
  }

  const std::vector<double>& rising() const { return rising_; }

  /// Of two that are equally near the larger one; what is not a number stays so.
  template <Scalar S>
  S nearest(S number) const {
    const double x = number;
    if (!(x == x)) return number;
    const auto above = std::lower_bound(rising_.begin(), rising_.end(), x);
    if (above == rising_.begin()) return static_cast<S>(rising_.front());
    if (above == rising_.end()) return static_cast<S>(rising_.back());
    return static_cast<S>(*above - x <= x - *(above - 1) ? *above : *(above - 1));
  }
  /// As GridLevels::some.
  template <Scalar S>
  S some(S number, double u) const {
    const double x = number;
    if (!(x > rising_.front() && x < rising_.back())) return nearest(number);
    const auto above = std::upper_bound(rising_.begin(), rising_.end(), x);
    const double below = *(above - 1);
    return static_cast<S>(u < (x - below) / (*above - below) ? *above : below);
  }
  /// Throws ValueError, naming the policy.
  void check(std::string_view policy) const {
    if (rising_.empty()) fail(policy, "at least one level", "none");
    for (const double level : rising_)
      if (!std::isfinite(static_cast<float>(level)))
        fail(policy, "levels that are finite, also as floats", level);
  }

  bool operator==(const ListedLevels&) const = default;

 private:
  std::vector<double> rising_;
};

}  // namespace espalier::detail
