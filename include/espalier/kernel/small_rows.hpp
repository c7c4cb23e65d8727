// SPDX-License-Identifier: MIT
// Products of small matrices in double, row by row.
#pragma once

#include "espalier/core/matrix.hpp"
#include "espalier/kernel/short_rows.hpp"

namespace espalier::detail {

/// y += a x
template <std::same_as<double> R>
void add_multiple(R* y, R a, const R* x, Index n) {
  ArrayMap<R>(y, n) += a * ConstArrayMap<R>(x, n);
}

/// out = a b: `rows` x n times n x `cols`, all by rows.
template <std::same_as<double> R>
void row_product(const R* a, const R* b, Index rows, Index n, Index cols, R* out) {
  std::fill_n(out, rows * cols, R(0));
  for (Index i = 0; i < rows; ++i)
    for (Index k = 0; k < n; ++k) add_multiple(out + i * cols, a[i * n + k], b + k * cols, cols);
}

/// out += scale a' b for the rows of a, n numbers each, and those of b, `cols` numbers each.
template <std::same_as<double> R>
void add_product_of_columns(const R* a, const R* b, Index rows, Index n, Index cols, R scale, R* out) {
  for (Index r = 0; r < rows; ++r)
    for (Index i = 0; i < n; ++i) add_multiple(out + i * cols, scale * a[r * n + i], b + r * cols, cols);
}

/// out = a b' for the rows of a and of b, n numbers each.
template <std::same_as<double> R>
void product_of_rows(const R* a, const R* b, Index rows, Index cols, Index n, R* out) {
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < cols; ++j) out[i * cols + j] = dot(a + i * n, b + j * n, n);
}

/// `inverse` = the inverse of the k x k matrix m, which is lost: Gauss-Jordan with the largest pivot of each
/// column. What is not finite, or has no inverse, gives numbers that are not finite.
template <std::same_as<double> R>
void invert(R* m, Index k, R* inverse) {
  std::fill_n(inverse, k * k, R(0));
  for (Index i = 0; i < k; ++i) inverse[i * k + i] = 1;
  for (Index c = 0; c < k; ++c) {
    Index p = c;
    for (Index i = c + 1; i < k; ++i)
      if (std::abs(m[i * k + c]) > std::abs(m[p * k + c])) p = i;
    if (p != c) {
      std::swap_ranges(m + c * k, m + (c + 1) * k, m + p * k);
      std::swap_ranges(inverse + c * k, inverse + (c + 1) * k, inverse + p * k);
    }
    const R factor = 1 / m[c * k + c];
    ArrayMap<R>(m + c * k, k) *= factor;
    ArrayMap<R>(inverse + c * k, k) *= factor;
    for (Index i = 0; i < k; ++i) {
      const R less = -m[i * k + c];
      if (i == c) continue;
      add_multiple(m + i * k + c, less, m + c * k + c, k - c);
      add_multiple(inverse + i * k, less, inverse + c * k, k);
    }
  }
}

}  // namespace espalier::detail
