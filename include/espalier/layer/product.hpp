// SPDX-License-Identifier: MIT
// Matrix products on row-major memory, without allocation, compiled once per scalar. All three of a dense
// layer are among them, since a batch (features x samples, one sample contiguous) is samples x features by
// rows.
#pragma once

#include "espalier/core/threads.hpp"
#include "espalier/layer/small_product.hpp"
#include "espalier/layer/tile.hpp"

namespace espalier::detail {

/// Memory on the stack for panels of b.
inline constexpr std::size_t panels_bytes = 196608;

/// Into how many parts to divide a product: each takes much longer than to share them out.
inline Index parts_of_product(Index m, Index n, Index depth) { return parts_of(m * n * depth, 500'000); }
/// To copy a panel takes as long as to multiply so many rows with it.
inline constexpr Index rows_of_copy = 12;

/// c (m x n) = a (m x depth) b (depth x n), on one thread. `stride` leads from row to row of b and c.
template <Layout layout, Scalar S>
void multiply_block(Index m, Index n, Index depth, Strided<S> a, const S* b, S* c, Index stride) {
  alignas(64) S panels[panels_bytes / sizeof(S)];
  constexpr Index width = tile_cols<S>, deepest = panel_depth<S>, room = panels_bytes / sizeof(S);
  const Index blocks = (depth + deepest - 1) / deepest, deep = (depth + blocks - 1) / blocks;
  const Index wide = room / deep / width * width;
  for (Index k = 0; k < depth; k += deep)
    for (Index j = 0; j < n; j += wide) {
      const Index rows = std::min(deep, depth - k), cols = std::min(wide, n - j);
      pack(rows, cols, b + k * stride + j, stride, panels);
      strips<layout>(m, rows, a.from(0, k), panels, c + j, stride, cols, k > 0);
    }
}

/// c (m x n) = a (m x depth) b (depth x n). The sum over `depth` is taken in the same order whatever m and n
/// are, and whatever part of c a thread has. Threads that `keep_rows` each have the rows of c that they would
/// have of any other work on its numbers.
template <Layout layout, Scalar S>
void multiply(Index parts, bool keep_rows, Index m, Index n, Index depth, Strided<S> a, const S* b, S* c) {
  constexpr Index width = tile_cols<S>;
  if (parts == 1) return multiply_block<layout>(m, n, depth, a, b, c, n);
  // Each thread copies the panels of its own columns, or all of them if it has rows of its own.
  const auto ceil = [](Index x, Index y) { return (x + y - 1) / y; };
  const Index panels = ceil(n, width), rows = ceil(m, parts);
  if (keep_rows || panels * (rows + rows_of_copy) < ceil(panels, parts) * (m + rows_of_copy))
    in_ranges(m, 1, parts, [&](Index, Index begin, Index end) {
      multiply_block<layout>(end - begin, n, depth, a.from(begin, 0), b, c + begin * n, n);
    });
  else
    in_ranges(n, width, parts, [&](Index, Index begin, Index end) {
      multiply_block<layout>(m, end - begin, depth, a, b + begin, c + begin, n);
    });
}

/// Rows that start `stride` numbers apart.
template <Scalar S>
struct Rows {
  const S* data;
  Index stride;

  Rows from(Index row, Index col) const { return {data + row * stride + col, stride}; }
  /// The first n of `count` rows; the last one again for those beyond.
  template <std::size_t n>
  std::array<const S*, n> first(Index count) const {
    std::array<const S*, n> result;
    for (std::size_t k = 0; k < n; ++k)
      result[k] = data + std::min(static_cast<Index>(k), count - 1) * stride;
    return result;
  }
  /// Copies `count` rows of `length` numbers, filled up with zeros to `pitch` numbers each.
  Rows copy(Index count, Index length, S* to, Index pitch) const {
    for (Index i = 0; i < count; ++i) {
      const S* row = data + i * stride;
      std::fill(std::copy(row, row + length, to + i * pitch), to + (i + 1) * pitch, S(0));
    }
    return {to, pitch};
  }
};

/// c_ji = or += the products of the first dot_rows rows of a (of m) and the first `cols` of b (of n).
template <std::size_t cols, Scalar S>
void row_products(Index depth, Rows<S> a, Index m, Rows<S> b, Index n, S* c, Index stride, bool add) {
  constexpr Index rows = dot_rows;
  alignas(64) S sums[dot_rows * cols + lanes<S>];
  dots<dot_rows, cols>(depth, a.template first<dot_rows>(m), b.template first<cols>(n), sums);
  const Index some = std::min(Index{cols}, n);
  if (m >= rows) {
    using Numbers = Eigen::Array<S, dot_rows, 1>;
    for (Index j = 0; j < some; ++j) {
      Eigen::Map<Numbers> to(c + j * stride);
      const Eigen::Map<const Numbers> sum(sums + j * rows);
      if (add)
        to += sum;
      else
        to = sum;
    }
  } else {
    for (Index j = 0; j < some; ++j)
      for (Index i = 0; i < m; ++i)
        c[j * stride + i] = add ? c[j * stride + i] + sums[j * rows + i] : sums[j * rows + i];
  }
}

/// Tiles take so many bytes of the rows at a time: a few rows of a stay in the first-level cache,
inline constexpr std::size_t dot_bytes = 4096;
/// and so many of b in the second-level.
inline constexpr Index dot_samples = 128;

/// c_ji = or += the product of row i of a (m x depth) and row j of b (n x depth); `stride` leads from row to
/// row of c. The order of a sum depends on depth only.
template <Scalar S>
void multiply_rows(Index m, Index n, Index depth, Rows<S> a, Rows<S> b, S* c, Index stride, bool add) {
  constexpr Index width = lanes<S>, most = dot_bytes / sizeof(S), rows = dot_rows, cols = dot_cols;
  const auto ceil = [](Index x, Index y) { return (x + y - 1) / y; };
  const Index deep = ceil(ceil(depth, ceil(depth, most)), width) * width, pitch = deep + line_length<S>;
  // For some samples and more, loads that cross cache lines cost more than a copy.
  const bool copies = n >= 12 && depth % width != 0;
  alignas(64) S panels[panels_bytes / sizeof(S)], copy[dot_rows * (dot_bytes + 64) / sizeof(S)];
  const Index samples = copies ? Index{panels_bytes / sizeof(S)} / pitch / cols * cols : dot_samples;
  for (Index k = 0; k < depth; k += deep)
    for (Index j = 0; j < n; j += samples) {
      const Index d = std::min(deep, depth - k), some = std::min(samples, n - j);
      const Index length = copies ? ceil(d, width) * width : d;
      const Rows<S> with = copies ? b.from(j, k).copy(some, d, panels, pitch) : b.from(j, k);
      for (Index i = 0; i < m; i += rows) {
        const Index few = std::min(rows, m - i);
        const Rows<S> from = copies ? a.from(i, k).copy(few, d, copy, pitch) : a.from(i, k);
        for (Index q = 0; q < some; q += cols) {
          S* to = c + (j + q) * stride + i;
          if (some - q == 1)
            row_products<1>(length, from, few, with.from(q, 0), 1, to, stride, add || k > 0);
          else
            row_products<dot_cols>(length, from, few, with.from(q, 0), some - q, to, stride, add || k > 0);
        }
      }
    }
}

/// Fewer samples than this do not pay for packing a weight: they are multiplied one by one, by Eigen.
inline constexpr Index few_samples = 6;

/// y = W x + bias, or W x without a bias: y is out x n, W out x in by rows, x in x n. Of `Weight`, the matrix
/// that W is, small products take the extents that the compiler knows.
template <class Weight, Scalar S>
void multiply_weight(Index in, Index out, Index n, const S* weight, const S* x, const S* bias, S* y) {
  if (is_small<S>(in, out, n))
    return small_forward(extent<Weight::ColsAtCompileTime>(in), extent<Weight::RowsAtCompileTime>(out), n,
                         weight, x, bias, y);
  const bool add = bias != nullptr;
  if (add) Eigen::Map<Matrix<S>>(y, out, n).colwise() = Eigen::Map<const Vector<S>>(bias, out);
  const Index parts = std::max(parts_of(in * out, weights_of_part), parts_of_product(n, out, in));
  if (out >= parts * Index{dot_rows})
    in_ranges(out, Index{dot_rows}, parts, [&](Index, Index begin, Index end) {
      multiply_rows<S>(end - begin, n, in, {weight + begin * in, in}, {x, in}, y + begin, out, add);
    });
  else
    in_ranges(n, Index{dot_cols}, parts, [&](Index, Index begin, Index end) {
      multiply_rows<S>(out, end - begin, in, {weight, in}, {x + begin * in, in}, y + begin * out, out, add);
    });
}

/// dx = W^T dy
template <class Weight, Scalar S>
void input_gradient(Index in, Index out, Index n, const S* weight, const S* dy, S* dx) {
  if (is_small<S>(in, out, n))
    return small_multiply(n, extent<Weight::ColsAtCompileTime>(in), extent<Weight::RowsAtCompileTime>(out),
                          Strided<S>{dy, out, 1}, weight, dx);
  if (n >= few_samples)
    return multiply<Layout::rows, S>(parts_of_product(n, in, out), false, n, in, out, {dy, out, 1}, weight,
                                     dx);
  const Eigen::Map<const WeightMatrix<S>> w(weight, out, in);
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
  const Index parts = std::max(parts_of(in * out, weights_of_part), parts_of_product(out, in, n));
  multiply<Layout::columns, S>(parts, true, out, in, n, {dy, 1, out}, x, gradient);
}

}  // namespace espalier::detail
