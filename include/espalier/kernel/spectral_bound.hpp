// SPDX-License-Identifier: MIT
// Is the 2-norm of a weight surely at most a bound? A proof in floating point, not an estimate.
#pragma once

#include <algorithm>
#include <cmath>

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
    for (Index j = 0; j < i; ++j) {
      const double rest = -dot(y.row(i), y.row(j), m) - dot(row, gram + j * k, j);
      row[j] = rest / gram[j * k + j];
    }
    const double pivot = (diagonal - row[i]) - dot(row, row, i);
    if (!(pivot > 0)) return false;
    row[i] = std::sqrt(pivot);
  }
  return true;
}

}  // namespace espalier::detail
