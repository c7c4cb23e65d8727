// SPDX-License-Identifier: MIT
// The inner loops of every large matrix product: tiles of the result in the processor's registers.
#pragma once

#include <algorithm>
#include <array>

#include "espalier/kernel/line.hpp"

namespace espalier::detail {

/// x / y, rounded up.
constexpr Index ceil_divide(Index x, Index y) { return (x + y - 1) / y; }

inline constexpr bool many_registers = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32;

/// Tiles that sum over the rows of b are up to tile_rows x tile_cols: two registers for each row, and a few
/// left over for what is multiplied.
inline constexpr std::size_t tile_rows = many_registers ? 12 : 6;
template <Scalar S>
inline constexpr std::size_t tile_cols = 2 * lanes<S>;
/// Lower tiles, for the last rows, are multiples of this.
inline constexpr std::size_t tile_unit = tile_rows / 3;

/// A tile's a is a copy, since numbers far apart in memory push each other out of the cache: columns of
/// `rows` numbers, or rows of panel_depth.
template <Scalar S>
inline constexpr std::size_t panel_depth = 1024 / sizeof(S);
enum class Layout { columns, rows };

/// x, loaded once: GCC would otherwise load it again for every product.
template <Scalar S>
ESPALIER_INLINE Packet<S> loaded(Packet<S> x) {
#if defined(__GNUC__) && defined(__x86_64__)
  constexpr std::size_t width = lanes<S>;
  if constexpr (width > 1) asm("" : "+v"(x));
#endif
  return x;
}

/// c = a b, or c += a b, for `rows` rows of a and the tile_cols columns of a panel of b. `stride` leads from
/// row to row of c.
template <std::size_t rows, Layout layout, Scalar S>
EIGEN_DONT_INLINE void tile(Index depth, const S* a, const S* b, S* c, Index stride, bool add) {
  using P = Packet<S>;
  constexpr Index width = lanes<S>, row = layout == Layout::rows ? panel_depth<S> : 1,
                  step = layout == Layout::rows ? 1 : rows;
  P sum[rows][2];
  const auto each = [&](auto&& f) ESPALIER_INLINE_LAMBDA {
    unrolled<rows>([&](auto i) ESPALIER_INLINE_LAMBDA { f(i, Index{0}), f(i, Index{1}); });
  };
  each([&](auto i, Index r) ESPALIER_INLINE_LAMBDA { sum[i][r] = simd::pset1<P>(S(0)); });
  for (Index k = 0; k < depth; ++k, a += step, b += 2 * width) {
    const P b_k[2] = {simd::ploadu<P>(b), simd::ploadu<P>(b + width)};
    unrolled<rows>([&](auto i) ESPALIER_INLINE_LAMBDA {
      const P a_ik = loaded<S>(simd::pset1<P>(a[i * row]));
      sum[i][0] = simd::pmadd(a_ik, b_k[0], sum[i][0]);
      sum[i][1] = simd::pmadd(a_ik, b_k[1], sum[i][1]);
    });
  }
  each([&](auto i, Index r) ESPALIER_INLINE_LAMBDA {
    S* to = c + i * stride + r * width;
    simd::pstoreu(to, add ? simd::padd(simd::ploadu<P>(to), sum[i][r]) : sum[i][r]);
  });
}

/// The same for the first `height` rows and `cols` columns only; the tile may read more of a and b.
template <std::size_t rows, Layout layout, Scalar S>
void part_of_tile(Index depth, const S* a, const S* b, S* c, Index stride, bool add, Index height,
                  Index cols) {
  constexpr Index width = tile_cols<S>;
  if (height == Index{rows} && cols == width) return tile<rows, layout>(depth, a, b, c, stride, add);
  alignas(64) S whole[rows * tile_cols<S>];
  tile<rows, layout>(depth, a, b, whole, width, false);
  for (Index i = 0; i < height; ++i)
    for (Index j = 0; j < cols; ++j)
      c[i * stride + j] = add ? c[i * stride + j] + whole[i * width + j] : whole[i * width + j];
}

/// A matrix of which a_ik stands at data[i * row + k * step]; one of the two is 1.
template <Scalar S>
struct Strided {
  const S* data;
  Index row, step;

  Strided from(Index i, Index k) const { return {data + i * row + k * step, row, step}; }
};

/// Without the call that std::copy_n makes.
template <std::size_t n, Scalar S>
ESPALIER_INLINE void copy_fixed(const S* from, S* to) {
  using Numbers = Eigen::Array<S, static_cast<int>(n), 1>;
  Eigen::Map<Numbers>{to} = Eigen::Map<const Numbers>(from);
}

/// Tiles of products of rows with rows are dot_rows x dot_cols: a register for each, whose lanes are added up
/// last.
inline constexpr std::size_t dot_rows = many_registers ? 8 : 4, dot_cols = 3;

/// The sums of neighbors among units of `unit` numbers: of x in the first half of each `part`, of y in the
/// second.
template <Scalar S, std::size_t unit, std::size_t part>
ESPALIER_INLINE Packet<S> add_neighbors(const Packet<S>& x, const Packet<S>& y) {
  constexpr auto from = [](std::size_t i, std::size_t odd) {
    const std::size_t at = i % part / unit * 2, units = part / unit;
    const std::size_t in_part = (at < units ? at : at - units + lanes<S> / unit) + odd;
    return static_cast<int>(i / part * part + in_part * unit + i % unit);
  };
  return [&]<std::size_t... i>(std::index_sequence<i...>) ESPALIER_INLINE_LAMBDA {
    return simd::padd<Packet<S>>(__builtin_shufflevector(x, y, from(i, 0)...),
                                 __builtin_shufflevector(x, y, from(i, 1)...));
  }
  (std::make_index_sequence<lanes<S>>{});
}

/// `n` registers become the n / lanes registers of the sums of their lanes: first in each 16 bytes, which is
/// cheap, then of these.
template <std::size_t n, Scalar S, std::size_t left = lanes<S>>
ESPALIER_INLINE void add_lanes(Packet<S>* v) {
  if constexpr (left > 1) {
    constexpr std::size_t part = std::min(16 / sizeof(S), lanes<S>);
    constexpr bool inside = left > lanes<S> / part;
    unrolled<n / 2>([&](auto i) ESPALIER_INLINE_LAMBDA {
      v[i] = add_neighbors < S, inside ? 1 : part, inside ? part : lanes < S >> (v[2 * i], v[2 * i + 1]);
    });
    add_lanes<n / 2, S, left / 2>(v);
  }
}

/// to[j * rows + i] = the sum of a[i][k] b[j][k] over `depth` numbers; `to` has room for whole registers.
template <std::size_t rows, std::size_t cols, Scalar S>
EIGEN_DONT_INLINE void dots(Index depth, const std::array<const S*, rows>& a,
                            const std::array<const S*, cols>& b, S* to) {
  using P = Packet<S>;
  constexpr Index width = lanes<S>;
  constexpr std::size_t registers = (rows * cols + lanes<S> - 1) / lanes<S>;
  P sum[registers * lanes<S>];
  unrolled<registers * lanes<S>>([&](auto i) ESPALIER_INLINE_LAMBDA { sum[i] = simd::pset1<P>(S(0)); });
  const auto add = [&](Index k, auto&& load) ESPALIER_INLINE_LAMBDA {
    P b_k[cols];
    unrolled<cols>([&](auto j) ESPALIER_INLINE_LAMBDA { b_k[j] = loaded<S>(load(b[j] + k)); });
    unrolled<rows>([&](auto i) ESPALIER_INLINE_LAMBDA {
      const P a_k = loaded<S>(load(a[i] + k));
      unrolled<cols>([&](auto j) ESPALIER_INLINE_LAMBDA {
        constexpr std::size_t at = j * rows + i;
        sum[at] = simd::pmadd(a_k, b_k[j], sum[at]);
      });
    });
  };
  const Index whole = depth / width * width;
  for (Index k = 0; k < whole; k += width)
    add(k, [](const S* from) ESPALIER_INLINE_LAMBDA { return simd::ploadu<P>(from); });
  if (whole < depth)
    add(whole, [&](const S* from) ESPALIER_INLINE_LAMBDA {
      alignas(P) S rest[lanes<S>] = {};
      std::copy_n(from, depth - whole, rest);
      return simd::pload<P>(rest);
    });
  add_lanes<registers * lanes<S>, S>(sum);
  unrolled<registers>([&](auto i) ESPALIER_INLINE_LAMBDA { simd::pstoreu(to + i * width, sum[i]); });
}

}  // namespace espalier::detail
