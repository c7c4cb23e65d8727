// SPDX-License-Identifier: MIT
// The last step of every projection onto a norm: from nearly the right norm to a feasible one.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include "espalier/kernel/compare_norm.hpp"
#include "espalier/pack/norm_problem.hpp"

namespace espalier::detail {

/// x *= 2^k, as far as it is exact, such that the largest |x_i| is about `size`, if it was 2^100 times that
/// or more, or as much less.
template <Scalar S>
void scale_to_size(S* x, Index n, double size) {
  double largest = 0;
  for (Index i = 0; i < n; ++i) largest = std::fmax(largest, std::abs(static_cast<double>(x[i])));
  if (!(largest > 0 && std::isfinite(largest) && size > 0)) return;
  int exponent = std::ilogb(size) - std::ilogb(largest);
  if (std::abs(exponent) < 100) return;
  while (exponent != 0) {
    const int part = std::clamp(exponent, -1000, 1000);
    const double factor = std::ldexp(1.0, part);
    for (Index i = 0; i < n; ++i) x[i] = static_cast<S>(static_cast<double>(x[i]) * factor);
    exponent -= part;
  }
}

/// x *= as little as makes norm(x) at least `least` in exact arithmetic, from a few roundings below.
template <Scalar S>
void lengthen(S* x, Index n, double least) {
  // Each number grows by one unit in its last place or more, so by a unit of roundoff at least.
  for (double margin = 1.5 * roundoff<S>; margin < 1 && compare_norm(x, n, least) < 0; margin *= 2)
    for (Index i = 0; i < n; ++i) x[i] = static_cast<S>(static_cast<double>(x[i]) * (1 + margin));
}

/// Scales x until norm(x) holds in exact arithmetic. Coordinates at an end of their interval stay, the others
/// share one factor; only where those at the end alone are too long, all do.
///
/// Close to its end the factor is 1 - e with an e that is known to twice the precision, and x - x e is
/// rounded once for each number. That moves the norm of the free coordinates by one unit of roundoff at most:
/// on a sphere of width two, one such pass is enough, and inside a ball one that aims a little more than a
/// unit short. More passes are for numbers that are rounded more coarsely, since they are denormal.
template <bool sphere, Scalar S, class Elements>
class NormRescale {
 public:
  explicit NormRescale(const NormProblem<S, Elements>& problem)
      : problem_(problem), scale_(scale_of_squares(problem.radius)) {}

  /// x may be `off` for sure, which saves a look at it. So it is where it was far, and then has the size of
  /// the radius, but not its norm.
  void operator()(bool off = false) const {
    double margin = sphere ? 0 : 1.05 * roundoff<S>;  // 0.05: for e's own roundings, and second orders
    bool far = false;
    for (int pass = 0; pass < most_passes; ++pass) {
      if (!std::exchange(off, false) && norm_holds(problem_.x, problem_.n, problem_.radius, sphere)) return;
      if (pass > 3 || far) margin = sphere ? 0 : 2 * margin + roundoff<S>;
      if (!once(margin, pass > 8)) {
        scale_to_size(problem_.x, problem_.n, problem_.radius);
        restrict_all();
        if (far) return;  // zero, or not finite
        far = true, off = Elements::homogeneous;
      }
    }
    if constexpr (!Elements::alike) shorten_all();
  }

 private:
  static constexpr int most_passes = 80;  // the margin doubles: from one unit of roundoff to all of x

  bool is_free(Index i, bool all) const {
    return all || Elements::homogeneous || problem_.intervals[i].strictly_inside(problem_.x[i]);
  }
  void restrict_all() const {
    for (Index i = 0; i < problem_.n; ++i)
      problem_.x[i] = static_cast<S>(problem_.intervals[i].clamp(problem_.x[i]));
  }

  /// The shortest vector of all: where weights that may not move take up the radius, to the last bit.
  void shorten_all() const {
    for (Index i = 0; i < problem_.n; ++i) problem_.x[i] = static_cast<S>(problem_.intervals[i].clamp(0));
  }

  /// One pass; false if there is no factor to scale with.
  bool once(double margin, bool all) const {
    const auto [free, goal] = squares(all);
    if (!all && !(goal.value() > 0)) return once(margin, true);
    const double from = free.value(), to = goal.value();
    if (!(from > 1e-250 && from < 1e250 && to > 1e-250)) return false;  // the quotient's own range
    const double excess = ((free.high - goal.high) + (free.low - goal.low)) / from;
    const bool near = std::abs(excess) < 1.0 / 64;
    const double shrink = near ? excess / (1 + std::sqrt(1 - excess)) + margin : 0,
                 factor = near ? 1 - shrink : std::sqrt(to / from);
    if constexpr (Elements::none && std::same_as<S, float>)
      return scale(problem_.x, problem_.n, factor), true;
    for (Index i = 0; i < problem_.n; ++i) {
      if (!is_free(i, all)) continue;
      const double x = problem_.x[i], scaled = near ? x - x * shrink : x * factor;
      problem_.x[i] =
          static_cast<S>(problem_.intervals[i].clamp(static_cast<double>(static_cast<S>(scaled))));
    }
    return true;
  }

  struct Squares {
    SumOfSquares free, goal;
  };
  /// The squares of the free coordinates, and their goal: radius^2 less the squares of the others.
  Squares squares(bool all) const {
    const double r = problem_.radius * scale_, square = r * r, lost = std::fma(r, r, -square);
    if constexpr (Elements::homogeneous && std::same_as<S, float>)  // many at a time, far below S's roundoff
      if (scale_ == 1) return {{sum_of_squares(problem_.x, problem_.n), 0}, {square, lost}};
    SumOfSquares free, held;
    for (Index i = 0; i < problem_.n; ++i)
      (is_free(i, all) ? free : held).add_square(static_cast<double>(problem_.x[i]) * scale_);
    const double high = square - held.high, back = high - square,
                 rounded = (square - (high - back)) - (held.high + back);  // square - held.high - high
    return {free, {high, rounded + (lost - held.low)}};
  }

  const NormProblem<S, Elements>& problem_;
  double scale_;
};

}  // namespace espalier::detail
