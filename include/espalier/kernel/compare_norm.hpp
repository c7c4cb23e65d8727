// SPDX-License-Identifier: MIT
// Is the norm of a row below a bound, at it or above it, in exact arithmetic?
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/kernel/exact_sum.hpp"
#include "espalier/kernel/norm.hpp"

namespace espalier::detail {

/// A power of two that makes r a number from 1 to 2 where r is too large or small to be squared, 1 elsewhere.
inline double scale_of_squares(double r) {
  if (r > 1e-100 && r < 1e100) return 1;
  return std::ldexp(1.0, std::clamp(-std::ilogb(r), -1022, 1022));
}

/// sign(norm(x) - (bound + rest)) without any rounding: both are finite, |rest| is at most 2^-20 bound. 1
/// for numbers that are not finite.
template <Scalar S>
int compare_norm_exactly(const S* x, Index n, double bound, double rest = 0) {
  ExactSum sum;
  for (Index i = 0; i < n; ++i) {
    if (!std::isfinite(x[i])) return 1;
    sum.add(x[i], x[i]);
  }
  sum.add(bound, bound, true);
  sum.add(bound, rest, true), sum.add(bound, rest, true);
  sum.add(rest, rest, true);
  return sum.sign();
}

/// norm(x)^2 with a bound on its error, in units of scale^2, for comparisons with about `bound`. Not a number
/// where only exact arithmetic will do.
template <Scalar S>
class ComparedNorm {
 public:
  ComparedNorm(const S* x, Index n, double bound) : x_(x), n_(n), terms_(static_cast<double>(n) + 64) {
    if constexpr (std::same_as<S, float>) {
      sum_.high = sum_of_squares(x, n);
    } else if (bound >= std::numeric_limits<double>::min()) {
      scale_ = scale_of_squares(bound);
      sum_ = exact_squares(x, n, scale_);
    } else {
      sum_.high = std::numeric_limits<double>::quiet_NaN();
    }
  }

  /// sign(norm(x) - (bound + rest)) without any rounding. The sum decides nearly always; what the bound on
  /// its error leaves open is decided exactly.
  int compare(double bound, double rest = 0) const {
    double excess = 0, doubt = 0;
    if constexpr (std::same_as<S, float>) {
      // No row of floats is as long as 1e100, nor shorter than 1e-100 unless it is zero.
      constexpr double least = 0x1p-252;  // the square of the least normal float: what denormal ones may add
      const double r = std::clamp(bound + rest, 1e-100, 1e100);
      excess = sum_.high - r * r, doubt = terms_ * (4 * roundoff<double> * (sum_.high + r * r) + least);
    } else {
      const double r = bound * scale_, more = rest * scale_, square = r * r,
                   lost = std::fma(r, r, -square) + (2 * r + more) * more;
      excess = (sum_.high - square) + (sum_.low - lost);
      doubt = terms_ * terms_ * 0x1p-100 * (sum_.high + square);
    }
    if (excess > doubt && std::isfinite(excess)) return 1;
    if (excess < -doubt) return -1;
    return compare_norm_exactly(x_, n_, bound, rest);
  }

 private:
  const S* x_;
  Index n_;
  double terms_, scale_ = 1;
  SumOfSquares sum_;
};

/// sign(norm(x) - bound) without any rounding; 1 for numbers that are not finite.
template <Scalar S>
int compare_norm(const S* x, Index n, double bound) {
  return ComparedNorm<S>(x, n, bound).compare(bound);
}

/// Is norm(x) <= radius, or on a sphere within 2 units of roundoff of it, in exact arithmetic?
template <Scalar S>
bool norm_holds(const S* x, Index n, double radius, bool sphere) {
  const ComparedNorm<S> norm(x, n, radius);
  if (!sphere) return norm.compare(radius) <= 0;
  const double width = 2 * roundoff<S> * radius;
  return norm.compare(radius, width) <= 0 && norm.compare(radius, -width) >= 0;
}

/// Are n numbers whose squares have this sum, up to roundings in S, below a radius for sure? False says
/// nothing.
template <Scalar S>
bool surely_below(S squares, Index n, double radius) {
  const double terms = static_cast<double>(n + 64),
               lost = terms * static_cast<double>(std::numeric_limits<S>::min());
  return (static_cast<double>(squares) + lost) * (1 + terms * 2 * roundoff<S>) < radius * radius;
}

/// Is norm(x) below the radius for sure? A quick sum in the precision of x decides, with a margin for all its
/// roundings; false says nothing.
template <Scalar S>
bool surely_shorter(const S* x, Index n, double radius) {
  constexpr Index length = line_length<S>;
  Line<S> squares = S(0), more = S(0);  // two: a sum has to wait for the last addition
  Index i = 0;
  for (; i + 2 * length <= n; i += 2 * length) {
    squares += Line<S>::load(x + i).square();
    more += Line<S>::load(x + i + length).square();
  }
  for (; i < n; i += length) squares += load_line(x + i, n - i).square();
  return surely_below((squares + more).sum(), n, radius);
}

}  // namespace espalier::detail
