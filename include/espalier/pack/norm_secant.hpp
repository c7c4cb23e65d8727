// SPDX-License-Identifier: MIT
// The multiplier for a row that is near its ball or sphere, many coordinates at a time.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>

#include "espalier/pack/near_norm.hpp"
#include "espalier/pack/norm_problem.hpp"

namespace espalier::detail {

/// For homogeneous element policies, under which x(mu) is what they make of y, / (1 + mu t). radius /
/// norm(x(mu)) is nearly a parabola at mu = 0, and then the secant method is as good as Newton's, without
/// sums of its own.
template <Scalar S, class Elements>
class NormSecant {
 public:
  NormSecant(const NormProblem<S, Elements>& problem, const RowSums& row)
      : problem_(problem), row_(row), largest_(static_cast<S>(row.largest)) {}

  /// x = x(mu) with norm(x) close to the radius, and true; or false and x(0), if the row is not such a one.
  /// `row` are the moments of x(0), its sums in units of the radius squared.
  ///
  /// The norm that is compared is that of the rounded x, and mu stays above the pole of the largest step
  /// size, so that what is found is the root, on a sphere of any element policies too. In a ball, floats aim
  /// as much short of the radius as the norm may then be off.
  template <bool sphere>
  bool solve() const {
    const double goal = sphere ? 1 : std::same_as<S, float> ? 1 + 1.02 * accuracy : 1 + roundoff<S> / 2;
    if (!(row_.squares > 0.25 && row_.squares < 4 && row_.first > 0)) return false;
    const double start = 1 / std::sqrt(row_.squares), slope = start * row_.first / row_.squares;
    const double bend = 1.5 * (row_.first / row_.squares - row_.second / row_.first);
    double mu = 0, quotient = start, next = (goal - start) / slope;
    next /= std::max(0.5, 1 + bend * next);
    for (int iteration = 0; iteration < most_iterations; ++iteration) {
      if (!(1 + next * row_.largest > 0.5 && next < 1e30)) break;
      const double found = problem_.radius / move(static_cast<S>(next));
      if (std::abs(found - goal) <= accuracy) return true;
      const double further = next + (goal - found) * (next - mu) / (found - quotient);
      mu = next, quotient = found, next = further;
    }
    move(S(0));
    return false;
  }

 private:
  static constexpr int most_iterations = 6;  // a row that needs more is better off with Newton's method
  // Relative, of the norm: a third of a unit of roundoff of float, which the rounded norm of a long row keeps
  // to, and above the error of a computed norm of doubles. With uneven step sizes all of it may end up in one
  // number of x.
  static constexpr double accuracy = std::same_as<S, float> ? 2e-8 : 1e-15;

  /// x = x(mu); its norm.
  double move(S mu) const {
    constexpr Index length = line_length<S>;
    const Index n = problem_.n;
    const bool small = std::same_as<S, float> && std::abs(mu * largest_) <= S(near::most_shrink);
    for (Index i = 0; i < n; i += length) {
      const Line<S> t = load_line(problem_.steps.each + i, n - i), part = mu * t.min(largest_);
      const Line<S> factor = small ? 1 - part * (1 - part * (1 - part)) : 1 / (1 + part);
      const Line<S> y = load_line(problem_.y + i, n - i);
      store_line(problem_.elements.line_at(i, y, t, n - i) * factor, problem_.x + i, n - i);
    }
    return norm(problem_.x, n);
  }

  const NormProblem<S, Elements>& problem_;
  const RowSums& row_;
  S largest_;
};

}  // namespace espalier::detail
