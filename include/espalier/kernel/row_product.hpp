// SPDX-License-Identifier: MIT
// The product of a matrix and the transposed of another, both by rows: nothing is transposed, and the order
// of a sum depends on the length of a row only.
#pragma once

#include <algorithm>
#include <array>

#include "espalier/kernel/tile.hpp"

namespace espalier::detail {

/// Rows that start `stride` numbers apart.
template <Scalar S>
struct Rows {
  const S* data;
  Index stride;

  Rows from(Index row) const { return {data + row * stride, stride}; }
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

/// Bytes of a row that a tile takes at a time, so that a few rows of a stay in the first-level cache.
inline constexpr std::size_t dot_bytes = 4096;
/// Rows of a and of b in a block, so that a block of each stays in the second-level cache.
inline constexpr Index block_rows_of_a = 32, block_rows_of_b = 24;
/// Rows of b of which copies are made at a time.
inline constexpr Index copied_rows = 512;

/// c_ji = or += the product of row i of a and row j of b, all of `depth` numbers, for about `n` rows of b.
template <Scalar S>
class RowProduct {
 public:
  RowProduct(Index depth, Index n) : depth_(depth) {
    constexpr Index most = dot_bytes / sizeof(S);
    deep_ = ceil_divide(ceil_divide(depth, ceil_divide(depth, most)), width) * width;
    // From some rows on, loads that cross cache lines cost more than a copy, and so do parts of rows that lie
    // pages apart.
    copies_ = depth > most ? n >= 96 : depth % width != 0 && n >= 12;
    rows_of_b_ = copies_ ? std::min(n, copied_rows) : n;
  }

  /// How many numbers it copies at a time.
  Index room() const { return copies_ ? (block_rows_of_a + rows_of_b_) * pitch() : 0; }

  /// For m rows of a and n of b; `stride` leads from row to row of c, `memory` has the room.
  void operator()(Index m, Index n, const S* a, const S* b, S* c, Index stride, bool add, S* memory) const {
    for (Index k = 0; k < depth_; k += deep_, add = true)
      for (Index j = 0; j < n; j += rows_of_b_) {
        const Index rows = std::min(n - j, rows_of_b_);
        const Rows<S> to = part(b + j * depth_, rows, k, memory, block_rows_of_a * pitch());
        for (Index i = 0; i < m; i += block_rows_of_a) {
          const Index height = std::min(m - i, block_rows_of_a);
          const Rows<S> from = part(a + i * depth_, height, k, memory, 0);
          for (Index q = 0; q < rows; q += block_rows_of_b)
            block(std::min(deep_, depth_ - k), from, height, to.from(q), std::min(rows - q, block_rows_of_b),
                  c + (j + q) * stride + i, stride, add);
        }
      }
  }

 private:
  static constexpr Index width = lanes<S>;

  Index pitch() const { return deep_ + line_length<S>; }

  /// What is summed over at a time from place k on, of `count` rows; a copy stands at `place` of the memory.
  Rows<S> part(const S* rows, Index count, Index k, S* memory, Index place) const {
    const Rows<S> there{rows + k, depth_};
    return copies_ ? there.copy(count, std::min(deep_, depth_ - k), memory + place, pitch()) : there;
  }

  void block(Index length, Rows<S> a, Index m, Rows<S> b, Index n, S* c, Index stride, bool add) const {
    if (copies_) length = ceil_divide(length, width) * width;
    for (Index i = 0; i < m; i += Index{dot_rows})
      for (Index j = 0; j < n; j += Index{dot_cols}) {
        S* to = c + j * stride + i;
        if (n - j == 1)
          row_products<1>(length, a.from(i), m - i, b.from(j), 1, to, stride, add);
        else
          row_products<dot_cols>(length, a.from(i), m - i, b.from(j), n - j, to, stride, add);
      }
  }

  Index depth_, deep_, rows_of_b_;
  bool copies_;
};

}  // namespace espalier::detail
