// SPDX-License-Identifier: MIT
// The inner loop of every large matrix product: a tile of the result in the processor's registers.
#pragma once

#include <algorithm>

#include "espalier/core/line.hpp"

namespace espalier::detail {

/// A tile is tile_rows x tile_cols: two registers for each row, and a few left over for what is multiplied.
inline constexpr std::size_t tile_rows = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32 ? 12 : 6;
template <Scalar S>
inline constexpr std::size_t tile_cols = 2 * lanes<S>;

/// The same number in all lanes, loaded once: GCC would otherwise load it again for every product.
template <Scalar S>
EIGEN_ALWAYS_INLINE Packet<S> broadcast(const S& x) {
  Packet<S> all = simd::pset1<Packet<S>>(x);
#if defined(__GNUC__) && defined(__x86_64__)
  constexpr std::size_t width = lanes<S>;
  if constexpr (width > 1) asm("" : "+v"(all));
#endif
  return all;
}

/// A matrix of which a_ik stands at data[i * row + k * step].
template <Scalar S>
struct Strided {
  const S* data;
  Index row, step;

  Strided from(Index i, Index k) const { return {data + i * row + k * step, row, step}; }
};

/// tile_cols columns of b, row k at data[k * step]; packed panels stand `size` apart, one in place stands
/// alone.
template <Scalar S>
struct Panels {
  const S* data;
  Index step, size;
};

/// c = a b, or c += a b, for `rows` rows of a and `cols` columns of b, which take one or two registers.
/// `stride` leads from row to row of c.
template <std::size_t rows, std::size_t registers, Scalar S>
void tile(Index depth, Strided<S> a, Panels<S> b, S* c, Index stride, Index cols, bool add) {
  using P = Packet<S>;
  constexpr Index width = lanes<S>;
  P sum[registers][rows];
  unrolled<registers>([&](auto r) { unrolled<rows>([&](auto i) { sum[r][i] = simd::pset1<P>(S(0)); }); });
  for (Index k = 0; k < depth; ++k, a.data += a.step, b.data += b.step) {
    P b_k[registers];
    unrolled<registers>([&](auto r) { b_k[r] = simd::ploadu<P>(b.data + r * width); });
    unrolled<rows>([&](auto i) {
      const P a_ik = broadcast(a.data[i * a.row]);
      unrolled<registers>([&](auto r) { sum[r][i] = simd::pmadd(a_ik, b_k[r], sum[r][i]); });
    });
  }
  unrolled<registers>([&](auto r) {
    const Index n = cols - r * width;
    unrolled<rows>([&](auto i) {
      S* to = c + i * stride + r * width;
      if (n >= width) {
        simd::pstoreu(to, add ? simd::padd(simd::ploadu<P>(to), sum[r][i]) : sum[r][i]);
      } else {
        alignas(P) S part[lanes<S>];
        simd::pstore(part, sum[r][i]);
        for (Index j = 0; j < n; ++j) to[j] = add ? to[j] + part[j] : part[j];
      }
    });
  });
}

/// Without the call that std::copy_n makes.
template <std::size_t n, Scalar S>
EIGEN_ALWAYS_INLINE void copy_fixed(const S* from, S* to) {
  using Numbers = Eigen::Array<S, static_cast<int>(n), 1>;
  Eigen::Map<Numbers>{to} = Eigen::Map<const Numbers>(from);
}

/// What stays in the first-level cache: one panel.
inline constexpr std::size_t panel_bytes = 32768;
template <Scalar S>
inline constexpr std::size_t panel_depth = panel_bytes / sizeof(S) / tile_cols<S>;

/// A row of tiles over `cols` columns. If there are many, the strip of a is copied first, since numbers far
/// apart in memory push each other out of the cache. Either a.row or a.step is 1.
template <std::size_t rows, Scalar S>
void strip(Index depth, Strided<S> a, Panels<S> b, S* c, Index stride, Index cols, bool add) {
  constexpr Index width = tile_cols<S>;
  alignas(64) S copy[rows * panel_depth<S>];
  if (cols > 2 * width) {
    if (a.row == 1) {
      for (Index k = 0; k < depth; ++k) copy_fixed<rows>(a.data + k * a.step, copy + k * Index{rows});
      a = {copy, 1, Index{rows}};
    } else {
      for (Index i = 0; i < Index{rows}; ++i)
        Eigen::Map<Vector<S>>(copy + i * depth, depth) =
            Eigen::Map<const Vector<S>>(a.data + i * a.row, depth);
      a = {copy, depth, 1};
    }
  }
  for (; cols > width / 2; cols -= width, b.data += b.size, c += width)
    tile<rows, 2>(depth, a, b, c, stride, std::min(width, cols), add);
  if (cols > 0) tile<rows, 1>(depth, a, b, c, stride, cols, add);
}

/// The strip with `rows` <= tile_rows rows.
template <Scalar S>
void strip_of(Index rows, Index depth, Strided<S> a, Panels<S> b, S* c, Index stride, Index cols, bool add) {
  unrolled<tile_rows>([&](auto i) {
    if (rows == i + 1) strip<i + 1>(depth, a, b, c, stride, cols, add);
  });
}

/// Copies `depth` x `cols` of b to a panel, row after row of tile_cols. What fills it up to its width is of
/// no account.
template <Scalar S>
void pack(Index depth, Index cols, const S* b, Index stride, S* panel) {
  constexpr Index width = tile_cols<S>;
  const S* end = b + (depth - 1) * stride + cols;
  for (; depth > 0; --depth, b += stride, panel += width)
    if (end - b >= width)
      copy_fixed<tile_cols<S>>(b, panel);
    else
      std::copy(b, end, panel);
}

// GCC sees a template argument with attributes in each packet type.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"

/// The same for b transposed, stored as `cols` x `depth`.
template <Scalar S>
[[gnu::flatten]] void pack_transposed(Index depth, Index cols, const S* b, Index stride, S* panel) {
  using P = Packet<S>;
  constexpr Index width = lanes<S>;
  Index k = 0;
  for (; k + width <= depth; k += width)
    for (Index half = 0; half < 2; ++half) {
      simd::PacketBlock<P, lanes<S>> block;
      const Index first = half * width;
      S* to = panel + 2 * k * width + first;
      unrolled<lanes<S>>([&](auto i) {
        block.packet[i] =
            first + i < cols ? simd::ploadu<P>(b + (first + i) * stride + k) : simd::pset1<P>(S(0));
      });
      simd::ptranspose(block);
      unrolled<lanes<S>>([&](auto i) { simd::pstore(to + i * 2 * width, block.packet[i]); });
    }
  for (; k < depth; ++k)
    for (Index j = 0; j < 2 * width; ++j) panel[2 * k * width + j] = j < cols ? b[j * stride + k] : S(0);
}

#pragma GCC diagnostic pop

}  // namespace espalier::detail
