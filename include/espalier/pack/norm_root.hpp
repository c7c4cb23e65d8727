// SPDX-License-Identifier: MIT
// The multiplier with which a row has the norm that it must have: a safeguarded Newton's method.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/pack/norm_problem.hpp"

namespace espalier::detail {

/// Finds nu with norm(x(nu)) = radius, from a first guess and a bracket.
///
/// The equation is solved for the coordinates that are not held by the interval: their norm is to be f, where
/// f^2 = radius^2 - (the squares of those that are). f / norm(x_free(nu)) is concave where the set of free
/// coordinates stays, so that Newton's method rises to the root from its left. Kinks, and step sizes many
/// powers of ten apart, make that slow: every fourth step halves the bracket, in powers of ten, while it is
/// wide. All sums are taken in twice the precision, relative to f: it may be far smaller than the radius.
template <Scalar S, class Elements>
class NormRoot {
 public:
  NormRoot(const NormProblem<S, Elements>& problem, const Path<S>& path)
      : problem_(problem), path_(path), scale_(scale_of_squares(problem.radius)) {}

  double solve(double nu, double low, double high) const {
    double leap = 2;
    for (int iteration = 1; iteration < most_iterations; ++iteration) {
      const Excess found = excess(nu);
      if (std::abs(found.difference) <= tolerance * found.free) return nu;
      (found.difference > 0 ? low : high) = nu;
      double next = newton(nu, found);
      const bool wide = !(high < 2 * low);
      if (!(next > low && next < high) || (wide && iteration % 4 == 0)) {
        if (std::isinf(high))
          next = nu * leap, leap = std::min(leap * leap, 1e100);
        else
          next = low > 0 ? std::sqrt(low) * std::sqrt(high) : high / 2;
        if (!(next > low && next < high)) next = low + (high - low) / 2;
      }
      if (!(next > low && next < high)) break;
      nu = next;
    }
    return nu;
  }

  /// x = x(nu), rounded to numbers of S in the interval.
  void write(double nu) const {
    for (Index i = 0; i < problem_.n; ++i)
      problem_.x[i] = static_cast<S>(problem_.at(i, path_.shrink(i, nu)));
  }

 private:
  static constexpr int most_iterations = 300;
  // Relative to f^2. What is left is a factor for all free coordinates, which rescale_free() finds anyhow;
  // the multiplier need not be better than the numbers that are rounded.
  static constexpr double tolerance = std::same_as<S, float> ? 1e-10 : 8 * roundoff<double>;

  // Nothing is held, so that f is the radius, and the tolerance is wider than the roundings of a sum.
  static constexpr bool plain = Elements::homogeneous && std::same_as<S, float>;

  struct Excess {
    double difference;  ///< norm(x(nu))^2 - radius^2
    double free;        ///< the squares of the free coordinates
    double slope;       ///< -d free / d nu / 2
  };

  Excess excess(double nu) const {
    SumOfSquares all;
    double free = 0, slope = 0;
    for (Index i = 0; i < problem_.n; ++i) {
      const double shrink = path_.shrink(i, nu), x = problem_.at(i, shrink), scaled = x * scale_;
      if constexpr (!plain) all.add_square(scaled);
      if (scaled == 0 || !problem_.intervals[i].strictly_inside(x)) continue;
      free += scaled * scaled;
      slope += scaled * scaled * path_.part(i) / shrink;
    }
    const double r = problem_.radius * scale_, square = r * r;
    if constexpr (plain) return {free - square, free, slope};
    return {(all.high - square) + (all.low - std::fma(r, r, -square)), free, slope};
  }

  /// One step for f / norm(x_free(nu)) = 1; not a number where the others alone are too long.
  static double newton(double nu, const Excess& found) {
    const double goal = found.free - found.difference, q = found.difference / goal;
    if (!(goal > 0 && found.slope > 0)) return std::numeric_limits<double>::quiet_NaN();
    return nu + found.free / found.slope * (q / (1 + std::sqrt(1 + q)));
  }

  const NormProblem<S, Elements>& problem_;
  Path<S> path_;
  double scale_;
};

}  // namespace espalier::detail
