// SPDX-License-Identifier: MIT
// Is the 2-norm of a weight surely at most a bound? A proof in floating point, not an estimate.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/kernel/definite.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/short_rows.hpp"

namespace espalier::detail {

/// How close to its bound a norm may come, in units of it, before the proof of surely_shorter_than fails.
inline double spectral_slack(Index rows, Index cols) {
  const double k = static_cast<double>(std::min(rows, cols)), m = static_cast<double>(std::max(rows, cols));
  return roundoff<double> * (k * (m / 8 + 24) + 12) / 2;
}

/// norm(w)_2 <= norm(w)_F and norm(w)_2^2 <= norm(w)_1 norm(w)_inf: a look at each number, enough for weights
/// that are far inside. False says nothing.
template <Scalar S>
bool surely_far_inside(Block<const S> w, double bound, double* column_sums) {
  double squares = 0, largest_row = 0;
  std::fill(column_sums, column_sums + w.cols, 0.0);
  for (Index j = 0; j < w.rows; ++j) {
    double row = 0;
    for (Index i = 0; i < w.cols; ++i) {
      const double size = std::abs(static_cast<double>(w.row(j)[i]) / bound);
      squares += size * size, row += size, column_sums[i] += size;
    }
    largest_row = std::max(largest_row, row);
  }
  const double most = *std::max_element(column_sums, column_sums + w.cols),
               safe = 1 - 4 * roundoff<double> * (static_cast<double>(w.size()) + 8);
  return squares < safe || largest_row * most < safe;
}

/// Is the 2-norm at most `bound`, from 1 to 2? bound^2 I - Y Y' is positive semidefinite where its Cholesky
/// factor exists, less what the roundings can have done (Rump 2006): docs/numerics.md, "The 2-norm". True is
/// a proof; false where the norm is larger, or closer than spectral_slack. `gram` has room for count^2.
inline bool surely_shorter_than(const ShortRows& y, double bound, double* gram) {
  const Index k = y.count, m = y.length;
  const double square = bound * bound, rows = static_cast<double>(k);
  double trace = 0;
  for (Index i = 0; i < k; ++i) {
    const double own = dot(y.row(i), y.row(i), m);
    if (!(own < square)) return false;
    trace += own, gram[i * k + i] = own;
  }
  const double of_sums = static_cast<double>(m) / 8 + 20, of_factor = rows / 8 + 20;
  const double slack = roundoff<double> * (of_sums * trace + of_factor * (rows * square - trace));
  const double diagonal = square - 1.001 * slack - 8 * roundoff<double> * square - 0x1p-900;
  for (Index i = 0; i < k; ++i) {
    double* const row = gram + i * k;
    row[i] = diagonal - row[i];
    for (Index j = 0; j < i; ++j) row[j] = -dot(y.row(i), y.row(j), m);
  }
  return has_cholesky_factor(gram, k);
}

/// Is the smallest of the `count` singular values at least `bound`, where the largest is at most 2? Y Y' -
/// bound^2 I is positive semidefinite, likewise. False where the value is smaller, or its square closer than
/// gram_slack.
inline bool surely_longer_than(const ShortRows& y, double bound, double* gram) {
  const Index k = y.count, m = y.length;
  double trace = 0;
  for (Index i = 0; i < k; ++i) {
    double* const row = gram + i * k;
    for (Index j = 0; j <= i; ++j) row[j] = dot(y.row(i), y.row(j), m);
    trace += row[i];
    row[i] -= bound * bound;
  }
  const double of_sums = static_cast<double>(m) / 8 + 20;
  return surely_semidefinite(gram, k, roundoff<double> * 1.001 * (of_sums * trace + 2 * bound * bound));
}

/// How close to bound^2 the square of the smallest singular value may come before that fails, in units of the
/// square of the largest.
inline double gram_slack(Index rows, Index cols) {
  const double k = static_cast<double>(std::min(rows, cols)), m = static_cast<double>(std::max(rows, cols));
  return roundoff<double> * (k * (m / 8 + k / 4 + 64) + 32);
}

}  // namespace espalier::detail
