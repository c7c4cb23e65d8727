// SPDX-License-Identifier: MIT
// The nearest row inside a Euclidean ball, or on a sphere, in the metric of the step and together with
// element policies.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/policy.hpp"
#include "espalier/pack/near_norm.hpp"
#include "espalier/pack/norm_problem.hpp"
#include "espalier/pack/norm_rescale.hpp"
#include "espalier/pack/norm_root.hpp"
#include "espalier/pack/norm_secant.hpp"
#include "espalier/pack/sphere_search.hpp"

namespace espalier::detail {

/// Has a row the norm that a set of norms wants?
template <NormSet P, Scalar S>
bool has_norm(const P& p, const S* x, Index n, const S* own) {
  if constexpr (is_shell<P>)
    if (const double least = p.norm_bound().least; least > 0 && compare_norm(x, n, least) < 0) return false;
  return norm_holds(x, n, radius_of(p, own), P::sphere);
}

/// Chooses the algorithm for one row: near_norm for floats that one step has moved, NormSecant for rows that
/// are not far, NormRoot for all others, SphereSearch where a sphere is to be met from inside; NormRescale
/// makes the result feasible in exact arithmetic (docs/numerics.md, "Norms").
///
/// Elements is the pack's element policies: prox(y, t), project(x), interval(), line(y, t), cost(x) of the
/// penalties, and whether they are `homogeneous` or `none`.
template <Scalar S, class Elements>
class NormProjection {
 public:
  /// `y` is the step's row, and `x` holds what the element policies make of it, mu = 0. Without element
  /// policies x alone counts, and `y` is room for n numbers.
  NormProjection(const Elements& elements, S* y, S* x, Index n, Steps<S> steps, double radius)
      : elements_(elements), y_(y), x_(x), n_(n), steps_(steps), radius_(radius) {}

  /// Moves x to the nearest feasible row, unless it is feasible: then no bit changes. Was it moved?
  template <bool sphere>
  bool onto() {
    RowSums row;
    if constexpr (Elements::homogeneous) {
      row = row_sums<sphere>(x_, steps_.each, n_);
      if constexpr (std::same_as<S, float>)
        if (const Near found = near_norm<sphere>(x_, n_, steps_.each, row, radius_); found != Near::far)
          return found == Near::moved;
    }
    return onto_exactly<sphere>(row);
  }

  /// Moves x to the nearest row whose norm is the radius or, by a few roundings at most, more: exactly.
  void onto_at_least() {
    onto<true>();
    lengthen(x_, n_, radius_);
  }

 private:
  /// Projects a row that one step did not leave near. Not inlined, so that the usual case stays short.
  template <bool sphere>
  [[gnu::noinline]] bool onto_exactly(RowSums row) {
    const double square = radius_ * radius_;
    row.squares /= square, row.first /= square, row.second /= square;
    if (!surely_off<sphere>(row) && norm_holds(x_, n_, radius_, sphere)) return false;
    if constexpr (Elements::none) std::copy(x_, x_ + n_, y_);
    const NormProblem<S, Elements> problem(elements_, y_, x_, n_, steps_, radius_);
    if (!near_root<sphere>(problem, row)) {
      if constexpr (sphere)
        to_sphere(problem);
      else
        into_ball(problem);
    }
    NormRescale<sphere, S, Elements>{problem}(Elements::homogeneous && !steps_.each);
    return true;
  }

  /// Is the row off by more than all roundings of its moments? They are zero where nobody has computed them,
  /// and mean nothing where squares are denormal.
  template <bool sphere>
  bool surely_off(const RowSums& row) const {
    const double slack = 32 * roundoff<S> + static_cast<double>(n_) * roundoff<double>;
    return radius_ > 1e-140 && std::isfinite(row.squares) && row.squares > 0 &&
           (row.squares > 1 + slack || (sphere && row.squares < 1 - slack));
  }

  /// x = x(mu), by the secant method; false and x as it was, where that is not for it.
  template <bool sphere>
  static bool near_root(const NormProblem<S, Elements>& problem, const RowSums& row) {
    if constexpr (Elements::homogeneous)
      if (problem.steps.each) return NormSecant(problem, row).template solve<sphere>();
    return false;
  }

  /// Moves a row from outside to x(nu) with norm(x) = radius, correct to a few roundings. In a metric that no
  /// double can express it leaves x as it is, for NormRescale to scale.
  void into_ball(const NormProblem<S, Elements>& problem) const {
    if (Elements::homogeneous && !steps_.each) return;
    const Path<S> path(steps_, largest_step());
    const double nu = std::max(norm(x_, n_) / radius_, 1.0);
    if (!path.regular() || !std::isfinite(nu)) return;
    const NormRoot root(problem, path);
    root.write(root.solve(nu, 1, std::numeric_limits<double>::infinity()));
  }

  /// Moves any row to a sphere. With one step size for all, a row that is not zero only has to be scaled.
  void to_sphere(const NormProblem<S, Elements>& problem) const {
    if (!steps_.each && std::any_of(x_, x_ + n_, [](S x) { return x != 0; })) return;
    if (compare_norm(x_, n_, radius_) > 0)
      into_ball(problem);
    else
      SphereSearch(problem).solve();
  }

  /// The largest step size of the weights that can move: under homogeneous policies a weight of 0 stays.
  double largest_step() const {
    double largest = 0;
    if (steps_.each)
      for (Index i = 0; i < n_; ++i)
        if (!Elements::homogeneous || x_[i] != 0)
          largest = std::max(largest, static_cast<double>(steps_.each[i]));
    return largest;
  }

  const Elements& elements_;
  S* y_;
  S* x_;
  Index n_;
  Steps<S> steps_;
  double radius_;
};

}  // namespace espalier::detail
