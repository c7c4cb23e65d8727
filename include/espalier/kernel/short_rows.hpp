// SPDX-License-Identifier: MIT
// A weight in double, its shorter side as rows: what singular values and norms of matrices are computed from.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/core/block.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier::detail {

/// `count` rows of `length` numbers, count <= length: a weight, or what is `transposed` of one with more rows
/// than columns. Its singular values are the same.
struct ShortRows {
  double* data;
  Index count, length;
  bool transposed;

  double* row(Index i) const { return data + i * length; }
};

/// The numbers of w times `scale`, at `to`, which has room for all of them.
template <Scalar S>
ShortRows short_rows(Block<const S> w, double scale, double* to) {
  const bool transposed = w.rows > w.cols;
  const ShortRows result{to, std::min(w.rows, w.cols), std::max(w.rows, w.cols), transposed};
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < w.cols; ++i)
      to[transposed ? i * w.rows + j : j * w.cols + i] = static_cast<double>(w.row(j)[i]) * scale;
  return result;
}

/// And back: w becomes these numbers times `scale`.
template <Scalar S>
void write_short_rows(const ShortRows& y, double scale, Block<S> w) {
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < w.cols; ++i)
      w.row(j)[i] = static_cast<S>(y.data[y.transposed ? i * w.rows + j : j * w.cols + i] * scale);
}

/// sum a b, in eight partial sums: off by at most n / 8 + 9 units of roundoff of sum |a b|.
inline double dot(const double* a, const double* b, Index n) {
  constexpr Index length = line_length<double>;
  const Index whole = n / length * length;
  Line<double> sum = 0.0;
  for (Index i = 0; i < whole; i += length) sum += Line<double>::load(a + i) * Line<double>::load(b + i);
  double rest = 0;
  for (Index i = whole; i < n; ++i) rest += a[i] * b[i];
  return sum.sum() + rest;
}

/// The largest magnitude; infinity if a number is not finite.
template <Scalar S>
double largest_magnitude(Block<const S> w) {
  double largest = 0;
  bool finite = true;
  for (Index i = 0; i < w.size(); ++i) {
    const double size = std::abs(static_cast<double>(w.data[i]));
    finite = finite && std::isfinite(size);
    largest = std::max(largest, size);
  }
  return finite ? largest : HUGE_VAL;
}

/// 1 / x, rounded down to a power of two: x times it is from 1 to 2, or less where 1 / x would overflow.
inline double inverse_power_of_two(double x) { return std::ldexp(1.0, std::min(-std::ilogb(x), 1023)); }

}  // namespace espalier::detail
