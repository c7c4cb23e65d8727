// SPDX-License-Identifier: MIT
// A row under policies that know the place of each weight: what they make of it at any size, and the convex
// problem that this must solve.
#pragma once

#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/pack/remember.hpp"
#include "optimality.hpp"
#include "rows.hpp"

namespace test {

/// The masks and signs of a row, which of its weights are frozen, and the row that training starts from.
struct Places {
  Numbers<double> start, mask, signs, frozen;
};

/// Random masks and signs, and frozen weights that they allow: of both precisions, small, and of a sign that
/// nobody minds.
inline Places random_places(Index n, Rng& rng) {
  Places at;
  for (Index i = 0; i < n; ++i) {
    at.mask.push_back(rng.uniform() < 0.7);
    at.signs.push_back(static_cast<double>(rng.below(3)) - 1);
    at.frozen.push_back(i % 5 == 1);
    const float value = static_cast<float>(0.25 * rng.uniform());
    at.start.push_back(at.mask.back() == 0 ? 0 : at.signs.back() < 0 ? -value : value);
  }
  return at;
}

/// What policies say of the problem: bounds and penalties by hand.
struct PlacedProblem : ConvexProblem {
  enum class Kind { free, sum, sizes, norm, isotonic } kind = Kind::free;
  double bound = std::numeric_limits<double>::infinity();  // of the sum, the sum of sizes or the norm

  explicit PlacedProblem(std::size_t n) { lows.assign(n, -bound), highs.assign(n, bound); }

  void limit(std::size_t i, double low, double high) {
    lows[i] = std::max(lows[i], low), highs[i] = std::min(highs[i], high);
  }
  template <class F>
  void each(F&& f) {
    for (std::size_t i = 0; i < lows.size(); ++i) f(i);
  }
  void meet(const Places& at, const espalier::Mask&) {
    each([&](std::size_t i) { at.mask[i] == 0 ? limit(i, 0, 0) : void(); });
  }
  void meet(const Places& at, const espalier::SignPattern&) {
    each([&](std::size_t i) {
      if (at.signs[i] > 0) limit(i, 0, highs[i]);
      if (at.signs[i] < 0) limit(i, lows[i], 0);
    });
  }
  void meet(const Places& at, const espalier::Frozen&) {
    each([&](std::size_t i) { at.frozen[i] != 0 ? limit(i, at.start[i], at.start[i]) : void(); });
  }
  void meet(const Places&, const espalier::Clip& p) {
    each([&](std::size_t i) { limit(i, p.lo, p.hi); });
  }
  void meet(const Places&, const espalier::Simplex& p) {
    kind = Kind::sum, bound = p.sum;
    each([&](std::size_t i) { limit(i, 0, highs[i]); });
  }
  void meet(const Places&, const espalier::L1& p) { l1 = p.strength; }
  void meet(const Places&, const espalier::SumTo& p) { kind = Kind::sum, bound = p.value; }
  void meet(const Places&, const espalier::L1Ball& p) { kind = Kind::sizes, bound = p.radius; }
  void meet(const Places&, const espalier::Isotonic&) { kind = Kind::isotonic; }
  void meet(const Places&, const espalier::MaxNorm& p) {
    kind = kind == Kind::free ? Kind::norm : kind, bound = p.radius;
  }
  void meet(const Places&, const espalier::GroupLasso& p) {
    kind = Kind::norm, group = p.strength * std::sqrt(static_cast<long double>(lows.size()));
  }

  /// Is there a point in all sets? Of rows that rise, `Places` has one.
  bool feasible() const {
    double least = 0, most = 0, sizes = 0, squares = 0;
    for (std::size_t i = 0; i < lows.size(); ++i) {
      if (lows[i] > highs[i]) return false;
      least += lows[i], most += highs[i];
      const double size = std::max({lows[i], -highs[i], 0.0});
      sizes += size, squares += size * size;
    }
    if (kind == Kind::sum) return least <= bound && bound <= most;
    return kind == Kind::sizes ? sizes <= bound : squares <= bound * bound;
  }
  /// By how much the conditions of optimality fail at x, relative to their numbers.
  double failure() {
    const long double unit = 1e-13L * bound;
    const long double by = kind == Kind::sum        ? sum()
                           : kind == Kind::sizes    ? sum_of_sizes(bound, unit)
                           : kind == Kind::norm     ? norm(bound, unit)
                           : kind == Kind::isotonic ? isotonic_in_ball(unit)
                                                    : free();
    return static_cast<double>(by / scale());
  }

 private:
  /// With the multiplier of norm(x)^2 / 2 that a block of equal weights says which no bound holds, or none.
  long double isotonic_in_ball(long double unit) {
    ball = 0;
    long double best = isotonic(), squares = 0;
    for (const double value : x) squares += static_cast<long double>(value) * value;
    if (std::sqrt(squares) < bound - unit) return best;
    for (std::size_t first = 0, end; first < size(); first = end) {
      long double sum = 0, weights = 0;
      ball = 0;
      for (end = first; end < size() && x[end] == x[first]; ++end) sum += rest(end).low, weights += x[end];
      ball = sum / weights;
      if (std::isfinite(ball) && ball >= 0) best = std::min(best, isotonic());
    }
    return best;
  }
};

/// A pack of policies for some places, with the numbers that they keep. Rows come, and go, at `size` times
/// their size.
template <Scalar S, class... Ps>
class Placed {
 public:
  Placed(const Places& at, double size, const Ps&... policies)
      : pack_(policies...), n_(static_cast<Index>(at.start.size())), size_(size) {
    const Numbers<S> start = sized(at.start);
    numbers_.resize(static_cast<std::size_t>(pack_.memories * n_));
    espalier::detail::remember(pack_, espalier::Block<const S>{start.data(), 1, n_}, numbers_.data(), n_,
                               espalier::detail::Remember::started);
  }
  Numbers<S> sized(const Numbers<double>& row) const {
    Numbers<S> result;
    for (const double value : row) result.push_back(static_cast<S>(value * size_));
    return result;
  }
  template <bool with_penalties = true>
  Numbers<S> constrained(Numbers<S> row, const Numbers<S>& t) const {
    typename Pack<Ps...>::Counts counts{};
    Numbers<S> copies(row.size() * pack_.copies);
    Numbers<double> room(row.size() * pack_.room);
    pack_.template constrain<with_penalties>(row.data(), n_, espalier::Steps<S>{t.data(), S(1)}, S(1),
                                             {copies.data(), room.data()}, counts, {numbers_.data(), n_});
    return row;
  }
  bool contains(const Numbers<S>& row) const { return pack_.contains(row.data(), n_, {numbers_.data(), n_}); }

 private:
  Pack<Ps...> pack_;
  Index n_;
  double size_;
  Numbers<S> numbers_;
};

/// How often, and by how much, packs were not what they should be.
struct PlacedFaults {
  double suboptimal = 0, narrow = 0;
  int infeasible = 0, moved_twice = 0, touched = 0, held = 0, tried = 0;

  /// Looks at what policies, whose values are for weights of `size`, make of y in the metric of t, if their
  /// sets meet. `plain` are the same policies for weights of ordinary size.
  template <class... Ps>
  void look(const Places& at, const Numbers<double>& y, const Numbers<double>& t, double size,
            const std::tuple<Ps...>& policies, const std::tuple<Ps...>& plain) {
    PlacedProblem problem(y.size());
    std::apply([&](const Ps&... p) { (problem.meet(at, p), ...); }, plain);
    if (!problem.feasible()) return;
    ++tried;
    problem.y = y, problem.t = t;
    problem.x = one<double>(at, y, t, size, policies);
    suboptimal = std::max(suboptimal, problem.failure());
    const Numbers<double> coarse = one<float>(at, y, t, size, policies);
    for (std::size_t i = 0; i < y.size(); ++i) {
      narrow = std::max(narrow, std::abs(coarse[i] - problem.x[i]) / (1 + std::abs(problem.x[i])));
      held += problem.x[i] == problem.lows[i] || problem.x[i] == problem.highs[i];
    }
  }

 private:
  template <Scalar S, class... Ps>
  Numbers<double> one(const Places& at, const Numbers<double>& y, const Numbers<double>& t, double size,
                      const std::tuple<Ps...>& policies) {
    const auto pack = std::apply([&](const Ps&... p) { return Placed<S, Ps...>(at, size, p...); }, policies);
    const Numbers<S> row = pack.sized(y), steps(t.begin(), t.end()), x = pack.constrained(row, steps);
    infeasible += !pack.contains(x);
    moved_twice += !same_bits(pack.template constrained<false>(x, steps), x);
    for (const Numbers<S>& from : {row, pack.sized(at.start)}) {
      const Numbers<S> inside = pack.template constrained<false>(from, steps);
      infeasible += !pack.contains(inside);
      if (pack.contains(from)) touched += !same_bits(inside, from);
    }
    Numbers<double> result;
    for (const S value : x) result.push_back(static_cast<double>(value) / size);
    return result;
  }
};

}  // namespace test
