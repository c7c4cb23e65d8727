// SPDX-License-Identifier: MIT
// Matrix products on row-major memory, without allocation, compiled once per scalar. All three of a dense
// layer are among them, since a batch (features x samples, one sample contiguous) is samples x features by
// rows.
#pragma once

#include "espalier/core/threads.hpp"
#include "espalier/layer/tile.hpp"

namespace espalier::detail {

/// Memory on the stack for panels.
inline constexpr std::size_t panels_bytes = 4 * panel_bytes;
/// A product with fewer rows than this does not pay for copies of more than it needs at a time.
inline constexpr Index many_rows = 64;

/// Into how many parts to divide a product: each takes much longer than to share them out.
inline Index parts_of_product(Index m, Index n, Index depth) { return parts_of(m * n * depth, 500'000); }
/// To copy a panel takes as long as to multiply so many rows with it.
inline constexpr Index rows_of_copy = 12;

/// c (m x n) = a b, or += a b. The sum over `depth` is taken in the same order whatever m and n are, and
/// whatever part of c a thread has.
/// Threads that `keep_rows` each have the rows of c that they would have of any other work on its numbers.
/// `panel(memory, k, d, j, cols)` gives d rows from k and `cols` columns from j of b, copied to the memory or
/// in place.
template <Scalar S, class Panel>
void multiply_panels(Index parts, bool keep_rows, Index m, Index n, Index depth, Strided<S> a, S* c, bool add,
                     Panel&& panel) {
  constexpr Index width = tile_cols<S>, deepest = panel_depth<S>, room = panels_bytes / sizeof(S);
  const auto ceil = [](Index x, Index y) { return (x + y - 1) / y; };
  const Index deep = ceil(depth, ceil(depth, deepest));
  const Index wide = m < many_rows ? width : room / deep / width * width;
  const auto multiply = [&](Index top, Index bottom, Index left, Index right) __attribute__((noinline)) {
    alignas(64) S panels[panels_bytes / sizeof(S)];
    for (Index k = 0; k < depth; k += deep) {
      const Index d = std::min(deep, depth - k);
      for (Index j = left; j < right; j += wide) {
        const Index cols = std::min(wide, right - j);
        Panels<S> b{};
        for (Index p = 0; p < cols; p += width) {
          const Panels<S> next = panel(panels + p * d, k, d, j + p, std::min(width, cols - p));
          if (p == 0) b = next;
        }
        for (Index i = top, rows = 0, strips = ceil(bottom - top, Index{tile_rows}); strips > 0;
             i += rows, --strips) {
          rows = ceil(bottom - i, strips);  // tiles of much the same height, since low ones are slow
          strip_of(rows, d, a.from(i, k), b, c + i * n + j, n, cols, add || k > 0);
        }
      }
    }
  };
  if (parts == 1) return multiply(0, m, 0, n);
  // Each thread copies the panels of its own columns, or all of them if it has rows of its own.
  const Index panels = ceil(n, width), rows = ceil(m, parts);
  if ((keep_rows && rows >= many_rows) ||
      panels * (rows + rows_of_copy) < ceil(panels, parts) * (m + rows_of_copy))
    in_ranges(m, 1, parts, [&](Index, Index begin, Index end) { multiply(begin, end, 0, n); });
  else
    in_ranges(n, width, parts, [&](Index, Index begin, Index end) { multiply(0, m, begin, end); });
}

/// c (m x n) = a (m x depth) b (depth x n)
template <Scalar S>
void multiply(Index parts, bool keep_rows, Index m, Index n, Index depth, Strided<S> a, const S* b, S* c) {
  constexpr Index width = tile_cols<S>;
  multiply_panels(parts, keep_rows, m, n, depth, a, c, false,
                  [&](S* memory, Index k, Index d, Index j, Index cols) -> Panels<S> {
                    const S* from = b + k * n + j;
                    if (m < many_rows && cols == width) return {from, n, 0};
                    pack(d, cols, from, n, memory);
                    return {memory, width, d * width};
                  });
}

/// c (m x n) = a (m x depth) b^T, or += it; b is n x depth.
template <Scalar S>
void multiply_transposed(Index parts, Index m, Index n, Index depth, Strided<S> a, const S* b, S* c,
                         bool add) {
  constexpr Index width = tile_cols<S>;
  multiply_panels(parts, false, m, n, depth, a, c, add,
                  [&](S* memory, Index k, Index d, Index j, Index cols) -> Panels<S> {
                    pack_transposed(d, cols, b + j * depth + k, depth, memory);
                    return {memory, width, d * width};
                  });
}

/// Fewer samples than this do not pay for packing a weight: they are multiplied one by one, by Eigen, whose
/// loops unroll where `Weight`, the matrix that W is, has extents known to the compiler.
inline constexpr Index few_samples = 6;
/// Eigen multiplies so many rows at a time; what is left over may round differently.
inline constexpr Index rows_at_a_time = 8;

template <class Weight>
using OutputOf = Eigen::Matrix<typename Weight::Scalar, Weight::RowsAtCompileTime, 1>;
template <class Weight>
using InputOf = Eigen::Matrix<typename Weight::Scalar, Weight::ColsAtCompileTime, 1>;

/// y = W x, or y += W x: y is out x n, W out x in by rows, x in x n.
template <class Weight, Scalar S>
void multiply_weight(Index in, Index out, Index n, const S* weight, const S* x, S* y, bool add) {
  Index parts = parts_of(in * out, weights_of_part);
  if (n >= few_samples) {
    parts = std::max(parts, parts_of_product(n, out, in));
    return multiply_transposed(parts, n, out, in, {x, in, 1}, weight, y, add);
  }
  in_ranges(out, rows_at_a_time, parts, [&](Index, Index begin, Index end) {
    const Eigen::Map<const Weight> w(weight + begin * in, end - begin, in);
    for (Index j = 0; j < n; ++j) {
      Eigen::Map<OutputOf<Weight>> to(y + j * out + begin, end - begin);
      if (!add) to.setZero();
      to.noalias() += w * Eigen::Map<const InputOf<Weight>>(x + j * in, in);
    }
  });
}

/// dx = W^T dy
template <class Weight, Scalar S>
void input_gradient(Index in, Index out, Index n, const S* weight, const S* dy, S* dx) {
  if (n >= few_samples)
    return multiply(parts_of_product(n, in, out), false, n, in, out, {dy, out, 1}, weight, dx);
  const Eigen::Map<const Weight> w(weight, out, in);
  for (Index j = 0; j < n; ++j)
    Eigen::Map<InputOf<Weight>>(dx + j * in, in).noalias() =
        w.transpose() * Eigen::Map<const OutputOf<Weight>>(dy + j * out, out);
}

/// dW = dy x^T
template <class Weight, Scalar S>
void weight_gradient(Index in, Index out, Index n, const S* dy, const S* x, S* gradient) {
  if (Weight::SizeAtCompileTime == Dynamic || n >= few_samples) {
    const Index parts = std::max(parts_of(in * out, weights_of_part), parts_of_product(out, in, n));
    return multiply(parts, true, out, in, n, {dy, 1, out}, x, gradient);
  }
  Eigen::Map<Weight> sum(gradient, out, in);
  sum.setZero();
  for (Index j = 0; j < n; ++j)
    sum.noalias() += Eigen::Map<const OutputOf<Weight>>(dy + j * out, out) *
                     Eigen::Map<const InputOf<Weight>>(x + j * in, in).transpose();
}

}  // namespace espalier::detail
