// SPDX-License-Identifier: MIT
// The products of a dense layer whose weight fits into the first-level cache beside all else: in place,
// without panels and threads, unrolled where the compiler knows the extents. Sums are taken in the order of
// the large products: what takes which path changes no bit of an output.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "espalier/kernel/tile.hpp"

namespace espalier::detail {

/// Largest weight, in bytes, that is multiplied without panels of copies: it stays in the first-level cache.
inline constexpr std::size_t small_weight_bytes = 4096;
/// Most multiply-adds for which making panels would take longer than it saves.
inline constexpr Index small_work = 300'000;

template <Scalar S>
bool is_small(Index in, Index out, Index n) {
  return in * out <= Index{small_weight_bytes / sizeof(S)} && in * out * n <= small_work;
}

/// An extent: a constant where the compiler knows it, so that loops over it unroll.
template <int known>
auto extent(Index n) {
  if constexpr (known == Dynamic)
    return n;
  else
    return std::integral_constant<Index, known>{};
}

template <Scalar S>
inline constexpr bool masked_loads = simd::unpacket_traits<Packet<S>>::masked_load_available;
/// Not those of AVX2, which take some processors tens of cycles.
template <Scalar S>
inline constexpr bool masked_stores = simd::unpacket_traits<Packet<S>>::masked_store_available&& lanes<S> *
                                          sizeof(S) ==
                                      64;
template <Scalar S>
using Mask = std::conditional_t<(lanes<S> > 8), std::uint16_t, std::uint8_t>;

/// The first `n` numbers from `from`, the others zero.
template <Scalar S>
ESPALIER_INLINE Packet<S> load_some(const S* from, Index n) {
  constexpr Index width = lanes<S>;
  if (n >= width) return simd::ploadu<Packet<S>>(from);
  if constexpr (masked_loads<S>) {
    return simd::ploadu<Packet<S>>(from, static_cast<Mask<S>>((1U << n) - 1));
  } else {
    alignas(64) S numbers[lanes<S>] = {};
    std::copy_n(from, n, numbers);
    return simd::pload<Packet<S>>(numbers);
  }
}

template <Scalar S>
ESPALIER_INLINE void store_some(S* to, const Packet<S>& x, Index n) {
  constexpr Index width = lanes<S>;
  if (n >= width) return simd::pstoreu(to, x);
  if constexpr (masked_stores<S>) {
    simd::pstoreu(to, x, static_cast<Mask<S>>((1U << n) - 1));
  } else {
    alignas(64) S numbers[lanes<S>];
    simd::pstore(numbers, x);
    Index i = 0;
    for (; i + 4 <= n; i += 4) copy_fixed<4>(numbers + i, to + i);
    for (; i < n; ++i) to[i] = numbers[i];
  }
}

/// The products of b and each of `lanes` rows of a, `stride` apart; of `count` rows, the last one again.
template <Scalar S, class Depth>
ESPALIER_INLINE Packet<S> dots_with(const S* b, const S* a, Index stride, Index count, Depth depth) {
  using P = Packet<S>;
  constexpr Index width = lanes<S>;
  P sum[lanes<S>];
  unrolled<lanes<S>>([&](auto i) ESPALIER_INLINE_LAMBDA { sum[i] = simd::pset1<P>(S(0)); });
  const auto add = [&](Index k, Index some) ESPALIER_INLINE_LAMBDA {
    const P b_k = load_some(b + k, some);
    unrolled<lanes<S>>([&](auto i) ESPALIER_INLINE_LAMBDA {
      sum[i] = simd::pmadd(load_some(a + std::min<Index>(i, count - 1) * stride + k, some), b_k, sum[i]);
    });
  };
  Index k = 0;
  for (; k + width <= depth; k += width) add(k, width);
  if (k < depth) add(k, depth - k);
  add_lanes<lanes<S>, S>(sum);
  return sum[0];
}

/// The same sums for `count` lanes from `lane` on, where w (depth x lanes) has the rows in its columns, and
/// for several samples, `stride` apart.
template <Index lane, std::size_t count, Scalar S, std::size_t samples, class Depth>
ESPALIER_INLINE void sums_of_lanes(const S* w, const S* x, Index stride, Depth depth,
                                   Packet<S> (&sum)[samples]) {
  using P = Packet<S>;
  constexpr Index width = lanes<S>;
  if constexpr (count <= 4) {  // sums that fit into the registers together
    P own[count][samples];
    unrolled<count>([&](auto i) ESPALIER_INLINE_LAMBDA {
      unrolled<samples>([&](auto j) ESPALIER_INLINE_LAMBDA { own[i][j] = simd::pset1<P>(S(0)); });
    });
    const auto add = [&](Index k, auto i) ESPALIER_INLINE_LAMBDA {
      const P w_k = simd::pload<P>(w + (k + i) * width);
      unrolled<samples>([&](auto j) ESPALIER_INLINE_LAMBDA {
        own[i][j] = simd::pmadd(w_k, simd::pset1<P>(x[j * stride + k + i]), own[i][j]);
      });
    };
    Index k = lane;
    for (; k + Index{count} <= depth; k += width)
      unrolled<count>([&](auto i) ESPALIER_INLINE_LAMBDA { add(k, i); });
    unrolled<count>([&](auto i) ESPALIER_INLINE_LAMBDA {
      if (k + i < depth) add(k, i);
    });
    unrolled<samples>([&](auto j) ESPALIER_INLINE_LAMBDA {
      if constexpr (count == 4)
        sum[j] = simd::padd(simd::padd(own[0][j], own[1][j]), simd::padd(own[2][j], own[3][j]));
      else if constexpr (count == 2)
        sum[j] = simd::padd(own[0][j], own[1][j]);
      else
        sum[j] = own[0][j];
    });
  } else {
    constexpr Index middle = lane + Index{count / 2};
    sums_of_lanes<lane, count / 2>(w, x, stride, depth, sum);
    if (middle >= depth) return;  // the others are zero
    P others[samples];
    sums_of_lanes<middle, count / 2>(w, x, stride, depth, others);
    unrolled<samples>([&](auto j) ESPALIER_INLINE_LAMBDA { sum[j] = simd::padd(sum[j], others[j]); });
  }
}

/// Row i of a square becomes its column i.
template <class P, std::size_t n>
ESPALIER_INLINE void transpose(P (&rows)[n]) {
  simd::PacketBlock<P, static_cast<int>(n)> block;
  unrolled<n>([&](auto i) ESPALIER_INLINE_LAMBDA { block.packet[i] = rows[i]; });
  simd::ptranspose(block);
  unrolled<n>([&](auto i) ESPALIER_INLINE_LAMBDA { rows[i] = block.packet[i]; });
}

/// to (depth x lanes) = `lanes` rows of `depth` numbers; of `count` rows, the last one again.
template <Scalar S, class Depth>
ESPALIER_INLINE void transpose_rows(const S* rows, Index count, Depth depth, S* to) {
  constexpr Index width = lanes<S>;
  for (Index k = 0; k < depth; k += width) {
    Packet<S> square[lanes<S>];
    unrolled<lanes<S>>([&](auto i) ESPALIER_INLINE_LAMBDA {
      square[i] = load_some(rows + std::min<Index>(i, count - 1) * depth + k, depth - k);
    });
    transpose(square);
    unrolled<lanes<S>>([&](auto i) ESPALIER_INLINE_LAMBDA {
      if (k + i < depth) simd::pstore(to + (k + i) * width, square[i]);
    });
  }
}

/// y = W x + bias, or W x without a bias.
template <Scalar S, class In, class Out>
EIGEN_DONT_INLINE void small_forward(In in, Out out, Index n, const S* weight, const S* x, const S* bias,
                                     S* y) {
  using P = Packet<S>;
  constexpr Index width = lanes<S>;
  const auto store = [&](Index i, Index j, const P& sum) ESPALIER_INLINE_LAMBDA {
    const Index some = out - i;
    store_some(y + j * out + i, bias ? simd::padd(load_some(bias + i, some), sum) : sum, some);
  };
  if (n > out && 2 * out < width) {  // samples in the lanes
    for (Index i = 0; i < out; ++i)
      for (Index j = 0; j < n; j += width) {
        alignas(64) S sums[lanes<S>];
        simd::pstore(sums, dots_with(weight + i * in, x + j * in, in, n - j, in));
        for (Index k = 0; k < std::min(width, n - j); ++k)
          y[(j + k) * out + i] = bias ? bias[i] + sums[k] : sums[k];
      }
  } else if (n < 4 || 2 * out < width) {
    for (Index j = 0; j < n; ++j)
      for (Index i = 0; i < out; i += width)
        store(i, j, dots_with(x + j * in, weight + i * in, in, out - i, in));
  } else {
    constexpr Index few = many_registers ? 4 : 2;
    alignas(64) S columns[2 * small_weight_bytes / sizeof(S)];
    for (Index i = 0; i < out; i += width) {
      transpose_rows(weight + i * in, out - i, in, columns);
      Index j = 0;
      for (; j + few <= n; j += few) {
        P sums[few];
        sums_of_lanes<0, lanes<S>>(columns, x + j * in, in, in, sums);
        unrolled<few>([&](auto k) ESPALIER_INLINE_LAMBDA { store(i, j + k, sums[k]); });
      }
      for (; j < n; ++j) {
        P sum[1];
        sums_of_lanes<0, lanes<S>>(columns, x + j * in, in, in, sum);
        store(i, j, sum[0]);
      }
    }
  }
}

/// `height` <= rows rows of c = a b, `some` of whose columns are in the last of `cols` registers.
template <std::size_t rows, std::size_t cols, Scalar S, class Stride, class Depth>
ESPALIER_INLINE void small_tile(Index height, Index some, Depth depth, Strided<S> a, const S* b, S* c,
                                Stride stride) {
  using P = Packet<S>;
  constexpr Index width = lanes<S>;
  constexpr std::size_t last = cols - 1;
  P sum[rows][cols];
  const auto each = [&](auto&& f) ESPALIER_INLINE_LAMBDA {
    unrolled<rows>([&](auto i) ESPALIER_INLINE_LAMBDA {
      unrolled<cols>([&](auto r) ESPALIER_INLINE_LAMBDA { f(i, r, r == Index{last} ? some : width); });
    });
  };
  each([&](auto i, auto r, Index) ESPALIER_INLINE_LAMBDA { sum[i][r] = simd::pset1<P>(S(0)); });
  for (Index k = 0; k < depth; ++k, b += stride, a.data += a.step) {
    P b_k[cols];
    unrolled<cols>([&](auto r) ESPALIER_INLINE_LAMBDA {
      b_k[r] = load_some(b + r * width, r == Index{last} ? some : width);
    });
    unrolled<rows>([&](auto i) ESPALIER_INLINE_LAMBDA {
      const P a_ik = simd::pset1<P>(a.data[std::min<Index>(i, height - 1) * a.row]);
      unrolled<cols>([&](auto r)
                         ESPALIER_INLINE_LAMBDA { sum[i][r] = simd::pmadd(a_ik, b_k[r], sum[i][r]); });
    });
  }
  each([&](auto i, auto r, Index n) ESPALIER_INLINE_LAMBDA {
    if (i < height) store_some(c + i * stride + r * width, sum[i][r], n);
  });
}

/// c (m x n) = a (m x depth) b (depth x n)
template <Scalar S, class M, class N, class Depth>
EIGEN_DONT_INLINE void small_multiply(M m, N n, Depth depth, Strided<S> a, const S* b, S* c) {
  constexpr Index width = lanes<S>, rows = many_registers ? 8 : 4;
  for (Index j = 0; j < n; j += 2 * width)
    for (Index i = 0; i < m; i += rows) {
      const Index left = n - j, height = m - i;
      if (left > width)
        small_tile<rows, 2>(height, left - width, depth, a.from(i, 0), b + j, c + i * n + j, n);
      else
        small_tile<rows, 1>(height, left, depth, a.from(i, 0), b + j, c + i * n + j, n);
    }
}

}  // namespace espalier::detail
