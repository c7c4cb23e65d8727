// SPDX-License-Identifier: MIT
// Matrix products on row-major memory, without allocation once they are warm, the large ones compiled once
// per scalar. All three of a dense layer are among them, since a batch (features x samples, one sample
// contiguous) is samples x features by rows.
#pragma once

#include <algorithm>

#include "espalier/core/aligned.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/kernel/row_product.hpp"
#include "espalier/kernel/small_product.hpp"
#include "espalier/kernel/tile_product.hpp"

namespace espalier::detail {

/// Into how many parts to divide a product: each takes much longer than to share them out.
inline Index parts_of_product(Index m, Index n, Index depth) { return parts_of(m * n * depth, 500'000); }
/// To copy a panel takes as long as to multiply so many rows with it.
inline constexpr Index rows_of_copy = 12;

/// c (m x n) = a (m x depth) b (depth x n), in parts for threads. With `keep_rows`, a thread gets the same
/// rows of c as in the optimizer's update, so that they are in its cache.
template <Layout layout, Scalar S>
void multiply(Index parts, bool keep_rows, Index m, Index n, Index depth, Strided<S> a, const S* b, S* c) {
  constexpr Index width = tile_cols<S>;
  const Index panels = ceil_divide(n, width), rows = ceil_divide(m, parts);
  // Each thread copies the panels of its own columns, or all of them if it has rows of its own.
  const bool by_row = parts == 1 || keep_rows ||
                      panels * (rows + rows_of_copy) < ceil_divide(panels, parts) * (m + rows_of_copy);
  const TileProduct<layout, S> product(by_row ? rows : m, by_row ? n : ceil_divide(panels, parts) * width,
                                       depth);
  S* memory = scratch<S>(parts * product.room());
  parallel_for_ranges(by_row ? m : n, by_row ? 1 : width, parts, [&](Index part, Index begin, Index end) {
    const Index row = by_row ? begin : 0, col = by_row ? 0 : begin;
    product(by_row ? end - begin : m, by_row ? n : end - begin, a.from(row, 0), b + col, c + row * n + col, n,
            memory + part * product.room());
  });
}

/// An input gradient of fewer samples does not pay for packing a weight: it is made one by one, by Eigen.
inline constexpr Index few_samples = 6;

/// Where Eigen is told to use a BLAS, that makes the products of more samples, in an order of its own.
#ifdef EIGEN_USE_BLAS
inline constexpr bool by_blas = true;
#else
inline constexpr bool by_blas = false;
#endif

template <Scalar S>
using WeightMap = Eigen::Map<const WeightMatrix<S>>;
template <Scalar S>
using ConstMap = Eigen::Map<const Matrix<S>>;
template <Scalar S>
using Map = Eigen::Map<Matrix<S>>;

/// y = W x + bias, or W x without a bias: y is out x n, W out x in by rows, x in x n. Of `Weight`, the matrix
/// that W is, small products take the extents that the compiler knows.
template <class Weight, Scalar S>
void multiply_weight(Index in, Index out, Index n, const S* weight, const S* x, const S* bias, S* y) {
  if (is_small<S>(in, out, n))
    return small_forward(extent<Weight::ColsAtCompileTime>(in), extent<Weight::RowsAtCompileTime>(out), n,
                         weight, x, bias, y);
  const bool add = bias != nullptr;
  if (add) Map<S>(y, out, n).colwise() = Eigen::Map<const Vector<S>>(bias, out);
  if constexpr (by_blas)
    if (n >= few_samples) {
      if (!add) Map<S>(y, out, n).setZero();
      Map<S>(y, out, n).noalias() += WeightMap<S>(weight, out, in) * ConstMap<S>(x, in, n);
      return;
    }
  const Index parts = std::max(parts_of(in * out, weights_of_part), parts_of_product(n, out, in));
  const RowProduct<S> product(in, n);
  S* memory = scratch<S>(parts * product.room());
  const bool by_neuron = out >= parts * Index{dot_rows};
  parallel_for_ranges(by_neuron ? out : n, by_neuron ? Index{dot_rows} : Index{dot_cols}, parts,
                      [&](Index part, Index begin, Index end) {
                        const Index neuron = by_neuron ? begin : 0, sample = by_neuron ? 0 : begin;
                        product(by_neuron ? end - begin : out, by_neuron ? n : end - begin,
                                weight + neuron * in, x + sample * in, y + sample * out + neuron, out, add,
                                memory + part * product.room());
                      });
}

/// dx = W^T dy
template <class Weight, Scalar S>
void input_gradient(Index in, Index out, Index n, const S* weight, const S* dy, S* dx) {
  if (is_small<S>(in, out, n))
    return small_multiply(n, extent<Weight::ColsAtCompileTime>(in), extent<Weight::RowsAtCompileTime>(out),
                          Strided<S>{dy, out, 1}, weight, dx);
  const WeightMap<S> w(weight, out, in);
  if constexpr (by_blas)
    if (n >= few_samples) return void(Map<S>(dx, in, n).noalias() = w.transpose() * ConstMap<S>(dy, out, n));
  if (n >= few_samples)
    return multiply<Layout::rows, S>(parts_of_product(n, in, out), false, n, in, out, {dy, out, 1}, weight,
                                     dx);
  for (Index j = 0; j < n; ++j)
    Eigen::Map<Vector<S>>(dx + j * in, in).noalias() =
        w.transpose() * Eigen::Map<const Vector<S>>(dy + j * out, out);
}

/// dW = dy x^T
template <class Weight, Scalar S>
void weight_gradient(Index in, Index out, Index n, const S* dy, const S* x, S* gradient) {
  if (is_small<S>(in, out, n))
    return small_multiply(extent<Weight::RowsAtCompileTime>(out), extent<Weight::ColsAtCompileTime>(in), n,
                          Strided<S>{dy, 1, extent<Weight::RowsAtCompileTime>(out)}, x, gradient);
  if constexpr (by_blas)
    if (n >= few_samples) {
      Eigen::Map<WeightMatrix<S>>(gradient, out, in).noalias() =
          ConstMap<S>(dy, out, n) * ConstMap<S>(x, in, n).transpose();
      return;
    }
  const Index parts = std::max(parts_of(in * out, weights_of_part), parts_of_product(out, in, n));
  multiply<Layout::columns, S>(parts, true, out, in, n, {dy, 1, out}, x, gradient);
}

}  // namespace espalier::detail
