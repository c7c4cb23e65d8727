// SPDX-License-Identifier: MIT
// Another size for a matrix that may hold numbers already.
#pragma once

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// m has these extents and any numbers. If there is no memory for them it is as it was: Eigen's own resize
/// (3.4) frees the old numbers first, and when no new ones are to be had frees them once more at the end.
template <Scalar S>
void resize(Matrix<S>& m, Index rows, Index cols) {
  if (m.size() == rows * cols) return m.resize(rows, cols);
  Matrix<S> other(rows, cols);
  m.swap(other);
}

}  // namespace espalier::detail
