// SPDX-License-Identifier: MIT
// The product of two matrices by rows, or of the transposed of the first: tiles of copies, strips of the one
// and panels of the other. The order of a sum depends on its length only.
#pragma once

#include <algorithm>

#include "espalier/kernel/tile.hpp"

namespace espalier::detail {

/// Each row of a in a strip takes so many numbers.
template <Layout layout, Scalar S>
Index strip_pitch(Index depth) {
  return layout == Layout::rows ? Index{panel_depth<S>} : depth;
}

/// Copies m rows of a, of `depth` numbers, to strips for tiles: tile_rows rows each, the last one of them a
/// multiple of tile_unit.
template <Layout layout, Scalar S>
void copy_strips(Index m, Index depth, Strided<S> a, S* strips) {
  constexpr Index rows = tile_rows, unit = tile_unit;
  const Index pitch = strip_pitch<layout, S>(depth);
  if constexpr (layout == Layout::rows) {
    const Index filled = (m + unit - 1) / unit * unit;  // with the last row again
    for (Index i = 0; i < filled; ++i)
      Eigen::Map<Vector<S>>(strips + i * pitch, depth) =
          Eigen::Map<const Vector<S>>(a.data + std::min(i, m - 1) * a.row, depth);
  } else {
    constexpr Index group = 16 * rows;  // more strips would push each other out of the cache
    const Index whole = m / rows * rows, left = m - whole, filled = (left + unit - 1) / unit * unit;
    for (Index first = 0; first < whole; first += group)
      for (Index k = 0; k < depth; ++k)
        for (Index i = first; i < std::min(first + group, whole); i += rows)
          copy_fixed<tile_rows>(a.data + k * a.step + i, strips + i * pitch + k * rows);
    for (Index k = 0; k < depth; ++k)
      for (Index i = 0; i < filled; ++i)
        strips[whole * pitch + k * filled + i] = i < left ? a.data[k * a.step + whole + i] : S(0);
  }
}

/// Copies `depth` x `cols` of b to panels of tile_cols columns, row after row; the last one is filled up with
/// zeros. Four panels at a time: more would push each other out of the cache where their sizes are powers
/// of 2.
template <Scalar S>
void copy_panels(Index depth, Index cols, const S* b, Index stride, S* panels) {
  constexpr Index width = tile_cols<S>, group = 4 * width;
  for (; cols > 0; cols -= group, b += group, panels += depth * group) {
    const Index some = std::min(cols, group), whole = some / width * width;
    for (Index k = 0; k < depth; ++k) {
      const S* from = b + k * stride;
      S* to = panels + k * width;
      for (Index j = 0; j < whole; j += width) copy_fixed<tile_cols<S>>(from + j, to + j * depth);
      if (whole < some) {
        S* last = to + whole * depth;
        std::fill(std::copy(from + whole, from + some, last), last + width, S(0));
      }
    }
  }
}

/// c = or += a b, for strips of m rows and panels of `cols` columns.
template <Layout layout, Scalar S>
void multiply_strips(Index m, Index depth, const S* strips, const S* panels, S* c, Index stride, Index cols,
                     bool add) {
  constexpr Index width = tile_cols<S>;
  for (Index i = 0, rows; i < m; i += rows) {
    rows = std::min(m - i, Index{tile_rows});
    unrolled<3>([&](auto third) ESPALIER_INLINE_LAMBDA {
      constexpr Index most = (third + 1) * tile_unit;
      if (rows <= most && rows > most - Index{tile_unit})
        for (Index j = 0; j < cols; j += width)
          part_of_tile<most, layout>(depth, strips + i * strip_pitch<layout, S>(depth), panels + j * depth,
                                     c + i * stride + j, stride, add, rows, std::min(width, cols - j));
    });
  }
}

/// Bytes of panels that are used at a time, so that they stay in the second-level cache.
inline constexpr std::size_t panels_bytes = 196608;
/// Rows of a that are used at a time, so that a strip of them stays in the third-level cache.
inline constexpr Index most_rows = (1024 / tile_rows + 1) * tile_rows;

/// c = a b, or c += a b, where a is about m x depth and b depth x n.
template <Layout layout, Scalar S>
class TileProduct {
 public:
  TileProduct(Index m, Index n, Index depth) : depth_(depth) {
    deep_ = ceil_divide(depth, ceil_divide(depth, panel_depth<S>));
    rows_ = std::min(ceil_divide(m, tile_unit) * Index{tile_unit}, most_rows);
    cols_ = std::min(ceil_divide(n, width), Index{panels_bytes / sizeof(S)} / deep_ / width) * width;
  }

  /// How many numbers it copies at a time.
  Index room() const { return strips() + cols_ * deep_; }

  /// For m rows of a and n columns of b; `stride` leads from row to row of b and c, `memory` has the room.
  void operator()(Index m, Index n, Strided<S> a, const S* b, S* c, Index stride, S* memory,
                  bool add = false) const {
    S* panels = memory + strips();
    for (Index k = 0; k < depth_; k += deep_)
      for (Index i = 0; i < m; i += rows_) {
        const Index deep = std::min(deep_, depth_ - k), rows = std::min(rows_, m - i);
        copy_strips<layout>(rows, deep, a.from(i, k), memory);
        for (Index j = 0; j < n; j += cols_) {
          const Index cols = std::min(cols_, n - j);
          copy_panels(deep, cols, b + k * stride + j, stride, panels);
          multiply_strips<layout>(rows, deep, memory, panels, c + i * stride + j, stride, cols, add || k > 0);
        }
      }
  }

 private:
  static constexpr Index width = tile_cols<S>;

  Index strips() const { return rows_ * strip_pitch<layout, S>(deep_); }

  Index depth_, deep_, rows_, cols_;
};

}  // namespace espalier::detail
