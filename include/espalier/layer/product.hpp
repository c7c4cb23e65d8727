// SPDX-License-Identifier: MIT
// Matrix products on row-major memory, without allocation, compiled once per scalar. All three of a dense
// layer are among them, since a batch (features x samples, one sample contiguous) is samples x features by
// rows.
#pragma once

#include "espalier/layer/tile.hpp"

namespace espalier::detail {

/// The bytes of a panel, which stays in the first-level cache while rows of tiles pass by.
inline constexpr std::size_t panel_bytes = 32768;

/// c (m x n) = a b, or += a b. The sum over `depth` is taken in the same order whatever m and n are.
/// `pack_panel(panel, k, d, j, cols)` copies d rows from k and `cols` columns from j of b.
template <Scalar S, class PackPanel>
void multiply_panels(Index m, Index n, Index depth, Strided<S> a, S* c, bool add, PackPanel&& pack_panel) {
  constexpr Index width = tile_cols<S>, deepest = panel_bytes / sizeof(S) / tile_cols<S>;
  alignas(64) S panel[panel_bytes / sizeof(S)];
  const auto ceil = [](Index x, Index y) { return (x + y - 1) / y; };
  const Index deep = ceil(depth, ceil(depth, deepest));
  for (Index k = 0; k < depth; k += deep) {
    const Index d = std::min(deep, depth - k);
    for (Index j = 0; j < n; j += width) {
      const Index cols = std::min(width, n - j);
      pack_panel(panel, k, d, j, cols);
      for (Index i = 0, rows = 0, left = ceil(m, Index{tile_rows}); left > 0; i += rows, --left) {
        rows = ceil(m - i, left);  // tiles of much the same height, since low ones are slow
        tile_of(rows, d, a.from(i, k), panel, c + i * n + j, n, cols, add || k > 0);
      }
    }
  }
}

/// c (m x n) = a (m x depth) b (depth x n)
template <Scalar S>
void multiply(Index m, Index n, Index depth, Strided<S> a, const S* b, S* c) {
  multiply_panels(m, n, depth, a, c, false, [&](S* panel, Index k, Index d, Index j, Index cols) {
    pack(d, cols, b + k * n + j, n, panel);
  });
}

/// c (m x n) = a (m x depth) b^T, or += it; b is n x depth.
template <Scalar S>
void multiply_transposed(Index m, Index n, Index depth, Strided<S> a, const S* b, S* c, bool add) {
  multiply_panels(m, n, depth, a, c, add, [&](S* panel, Index k, Index d, Index j, Index cols) {
    pack_transposed(d, cols, b + j * depth + k, depth, panel);
  });
}

/// Fewer samples than this do not pay for packing a weight: they are multiplied one by one.
inline constexpr Index few_samples = 6;

/// y = W x, or y += W x: y is out x n, W out x in by rows, x in x n.
template <Scalar S>
void multiply_weight(Index in, Index out, Index n, const S* weight, const S* x, S* y, bool add) {
  if (n >= few_samples) return multiply_transposed(n, out, in, {x, in, 1}, weight, y, add);
  const Eigen::Map<const WeightMatrix<S>> w(weight, out, in);
  for (Index j = 0; j < n; ++j) {
    Eigen::Map<Vector<S>> to(y + j * out, out);
    const Eigen::Map<const Vector<S>> from(x + j * in, in);
    if (!add) to.setZero();
    to.noalias() += w * from;
  }
}

/// dx = W^T dy
template <Scalar S>
void input_gradient(Index in, Index out, Index n, const S* weight, const S* dy, S* dx) {
  if (n >= few_samples) return multiply(n, in, out, {dy, out, 1}, weight, dx);
  const Eigen::Map<const WeightMatrix<S>> w(weight, out, in);
  for (Index j = 0; j < n; ++j) {
    const Eigen::Map<const Vector<S>> from(dy + j * out, out);
    Eigen::Map<Vector<S>>(dx + j * in, in).noalias() = w.transpose() * from;
  }
}

/// dW = dy x^T
template <Scalar S>
void weight_gradient(Index in, Index out, Index n, const S* dy, const S* x, S* gradient) {
  multiply(out, in, n, {dy, 1, out}, x, gradient);
}

}  // namespace espalier::detail
