// SPDX-License-Identifier: MIT
// What a projection onto a ball or sphere has to solve, and x(nu), the points among which the solution is.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/core/block.hpp"
#include "espalier/kernel/compare_norm.hpp"
#include "espalier/pack/elements.hpp"

namespace espalier::detail {

/// min_x sum (x_i - y_i)^2 / (2 t_i) + h(x_i)  over x_i in an interval I_i and norm(x) <= radius (or ==).
/// With a multiplier mu on norm(x)^2 / 2 the coordinates come apart: x_i(mu) = P_I_i(prox_h(y_i / (1 + mu
/// t_i), t_i / (1 + mu t_i))), and norm(x(mu)) falls with mu, so that one root is left.
///
/// `y` is the step's row and `x` what the projections write. I_i is what the precision S has of the sets.
template <Scalar S, class Elements>
struct NormProblem {
  const Elements& elements;
  const S* y;
  S* x;
  Index n;
  Steps<S> steps;
  double radius;
  Intervals<S, Elements> intervals;

  NormProblem(const Elements& policies, const S* row, S* result, Index length, Steps<S> t, double bound)
      : elements(policies), y(row), x(result), n(length), steps(t), radius(bound), intervals(policies) {}

  /// x_i with mu = 0.
  double unshrunk(Index i) const {
    return intervals[i].clamp(elements.at(i).prox(static_cast<double>(y[i]), static_cast<double>(steps[i])));
  }
  /// x_i with 1 + mu t_i = shrink.
  double at(Index i, double shrink) const {
    if constexpr (Elements::homogeneous) {
      const double z = unshrunk(i);
      return z == 0 ? z : z / shrink;  // a weight of 0 may be beyond the pole
    } else {
      const double yi = y[i], t = steps[i];
      return intervals[i].clamp(elements.at(i).prox(yi / shrink, t / shrink));
    }
  }
};

/// The unknown nu = 1 + mu `largest` in place of mu, where `largest` is the largest step size that counts:
/// zero at the pole of x(mu), one where mu is zero, and nothing cancels close to the pole.
template <Scalar S>
struct Path {
  Steps<S> steps;
  double largest, inverse;  // 1 / largest

  Path(Steps<S> t, double most) : steps(t), largest(t.each ? most : 1), inverse(1 / largest) {}

  /// Can a metric with this largest step size be computed with?
  bool regular() const { return largest > 0 && std::isfinite(inverse) && std::isfinite(largest); }
  double step(Index i) const { return steps.each ? static_cast<double>(steps.each[i]) : 1; }
  /// d shrink / d nu
  double part(Index i) const { return step(i) * inverse; }
  /// 1 + mu t_i
  double shrink(Index i, double nu) const { return (largest - step(i)) * inverse + nu * part(i); }
};

}  // namespace espalier::detail
