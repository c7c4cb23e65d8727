// SPDX-License-Identifier: MIT
// The polar factor of a matrix: all its singular values become one.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/kernel/singular_rows.hpp"

namespace espalier::detail {

/// w += factor U V' of m = U S V', where `room` has singular_room doubles for each number. Singular values at
/// most max(rows, cols) epsilon times the largest count as zero, as numpy's matrix_rank has it: their vectors
/// are rounding, and are left out. Of a matrix of zeros, or one that is not finite, nothing is added.
template <Scalar S>
void add_polar_factor(Block<S> w, Block<const S> m, double factor, double* room) {
  const double largest = largest_magnitude(m);
  if (!(largest > 0) || std::isinf(largest)) return;
  const double noise = static_cast<double>(std::max(m.rows, m.cols)) * 2 * roundoff<S>;
  const ShortRows copy = short_rows(m, inverse_power_of_two(largest), room);
  SingularRows found(copy, {std::same_as<S, float> ? 0x1p-38 : 0x1p-49, 0, noise});
  double* const factors = found.squares();
  for (Index i = 0; i < copy.count; ++i)
    if (factors[i] > 0) factors[i] = factor / (factors[i] * std::sqrt(factors[i]));
  for (Index j = 0; j < copy.count; ++j) {
    const double* const row = found.combine(j, factors);
    for (Index i = 0; i < copy.length; ++i) {
      S& x = copy.transposed ? w.row(i)[j] : w.row(j)[i];
      x = static_cast<S>(static_cast<double>(x) + row[i]);
    }
  }
}

}  // namespace espalier::detail
