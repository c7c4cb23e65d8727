// SPDX-License-Identifier: MIT
// Is a symmetric matrix surely positive semidefinite? A proof in floating point, not an estimate.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/short_rows.hpp"

namespace espalier::detail {

/// Does Cholesky's method succeed on a symmetric n x n matrix, of which `a` has the lower triangle? That is
/// overwritten with the factor.
inline bool has_cholesky_factor(double* a, Index n) {
  for (Index i = 0; i < n; ++i) {
    double* const row = a + i * n;
    for (Index j = 0; j < i; ++j) row[j] = (row[j] - dot(row, a + j * n, j)) / a[j * n + j];
    const double pivot = row[i] - dot(row, row, i);
    if (!(pivot > 0)) return false;
    row[i] = std::sqrt(pivot);
  }
  return true;
}

/// What the roundings of a factor with this trace can do to the matrix, in the 2-norm: the factor of E + A
/// has E_ij of at most (n / 8 + 11) v norm(l_i) norm(l_j), and norm(l_i)^2 is about a_ii (Rump 2006; n / 8
/// since sums are in eight parts). `largest` is that of the diagonal, from which something is subtracted.
inline double cholesky_slack(Index n, double trace, double largest) {
  const double of_factor = static_cast<double>(n) / 8 + 20;
  return roundoff<double> * (1.001 * of_factor * trace + 8 * largest);
}

/// Is the symmetric matrix positive semidefinite of which `a` has the lower triangle, up to errors with a
/// 2-norm of at most `error`? True is a proof; false where an eigenvalue is negative, or less than the error
/// and twice cholesky_slack. `a` is overwritten. Its numbers are to be about 1: what underflows is covered by
/// 2^-900.
inline bool surely_semidefinite(double* a, Index n, double error) {
  double trace = 0, largest = 0;
  for (Index i = 0; i < n; ++i) {
    const double own = a[i * n + i];
    if (!(own > 0)) return false;
    trace += own, largest = std::max(largest, own);
  }
  const double less = 1.001 * error + cholesky_slack(n, trace, largest) + 0x1p-900;
  for (Index i = 0; i < n; ++i) a[i * n + i] -= less;
  return has_cholesky_factor(a, n);
}

}  // namespace espalier::detail
