// SPDX-License-Identifier: MIT
// Arithmetic on numbers that are not negative, rounded up: what it gives is a bound of what is true.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/kernel/norm.hpp"

namespace espalier::detail {

/// Above what was rounded to `nearest`; infinity stays, and so does what is not a number, as infinity.
inline double above(double nearest) {
  const double next = std::nextafter(nearest, HUGE_VAL);
  return next == next ? next : HUGE_VAL;
}
inline double sum_above(double a, double b) { return a == 0 ? b : b == 0 ? a : above(a + b); }
/// 0 times whatever is 0: a layer of zeros stretches nothing.
inline double product_above(double a, double b) {
  if (a == 0 || b == 0) return 0;
  return a == 1 ? b : b == 1 ? a : above(a * b);
}
inline double quotient_above(double a, double b) { return a == 0 ? 0 : above(a / b); }
inline double root_above(double a) { return a == 0 || a == 1 ? a : above(std::sqrt(a)); }
/// A bound of a sum of `terms` products or numbers, each rounded to nearest in whatever order.
inline double total_above(double sum, Index terms) {
  if (sum == 0) return 0;
  return above(sum * (1 + 2 * roundoff<double> * static_cast<double>(terms + 4)));
}

/// A bound of norm(x).
inline double norm_above(const double* x, Index n) { return total_above(norm(x, n), 16); }

/// A bound of the sum of n terms, none of which is negative.
template <class F>
double sum_of_above(Index n, F&& term) {
  double sum = 0;
  for (Index i = 0; i < n; ++i) sum += term(i);
  return total_above(sum, n);
}

}  // namespace espalier::detail
