// SPDX-License-Identifier: MIT
// A cache line of numbers: as many as are computed with at a time, in one register or a few.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <numeric>

#include "espalier/kernel/unrolled.hpp"

namespace espalier {
namespace detail {

namespace simd = Eigen::internal;

/// Eigen's name for one register of numbers.
template <Scalar S>
using Packet = typename simd::packet_traits<S>::type;
/// How many numbers that is.
template <Scalar S>
inline constexpr std::size_t lanes = simd::unpacket_traits<Packet<S>>::size;

/// 0, 1, 2, ...: the index of each number in a line.
template <class T>
inline constexpr auto lane_indices = [] {
  std::array<T, 64 / sizeof(T)> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<T>(i);
  return all;
}();

/// Eigen's is an estimate and a Newton step, which pays on AVX-512 only: elsewhere the processor's own root
/// takes fewer operations, and is exact.
template <class P>
ESPALIER_INLINE P root(const P& x) {
  return simd::psqrt(x);
}
#if defined(EIGEN_VECTORIZE_SSE) && !defined(EIGEN_VECTORIZE_AVX512)
ESPALIER_INLINE __m128 root(const __m128& x) { return _mm_sqrt_ps(x); }
#ifdef EIGEN_VECTORIZE_AVX
ESPALIER_INLINE __m256 root(const __m256& x) { return _mm256_sqrt_ps(x); }
#endif
#endif

}  // namespace detail

/// As `Eigen::Array<S, 64 / sizeof(S), 1>`, but it never leaves the registers: each operation is Eigen's for
/// one register. A number stands for a line of it.
template <Scalar S>
class Line {
  using P = detail::Packet<S>;
  static constexpr Index width = detail::lanes<S>;

 public:
  static constexpr Index size = 64 / sizeof(S);
  static constexpr std::size_t registers = 64 / sizeof(S) / detail::lanes<S>;
  using Array = Eigen::Array<S, static_cast<int>(size), 1>;

  Line() = default;
  ESPALIER_INLINE Line(S x) {  // NOLINT: implicit
    each([&](auto r) { part_[r] = detail::simd::pset1<P>(x); });
  }
  /// What a line has no name for: `Line<S>(w.array().exp())`.
  template <class A>
  ESPALIER_INLINE explicit Line(const Eigen::ArrayBase<A>& a) : Line(load(Array(a).data())) {}
  ESPALIER_INLINE Array array() const {
    Array a;
    store(a.data());
    return a;
  }

  /// One of its registers.
  ESPALIER_INLINE const P& part(Index r) const { return part_[r]; }

  static ESPALIER_INLINE Line of_parts(const P* parts) {
    Line line;
    each([&](auto r) { line.part_[r] = parts[r]; });
    return line;
  }

  static ESPALIER_INLINE Line load(const S* from) {
    Line line;
    each([&](auto r) { line.part_[r] = detail::simd::ploadu<P>(from + r * width); });
    return line;
  }
  ESPALIER_INLINE void store(S* to) const {
    each([&](auto r) { detail::simd::pstoreu(to + r * width, part_[r]); });
  }

  friend ESPALIER_INLINE Line operator+(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) { return detail::simd::padd(x, y); });
  }
  friend ESPALIER_INLINE Line operator-(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) { return detail::simd::psub(x, y); });
  }
  friend ESPALIER_INLINE Line operator*(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) { return detail::simd::pmul(x, y); });
  }
  friend ESPALIER_INLINE Line operator/(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) { return detail::simd::pdiv(x, y); });
  }
  ESPALIER_INLINE Line operator-() const {
    return map([](const P& x) { return detail::simd::pnegate(x); });
  }
  ESPALIER_INLINE Line& operator+=(const Line& b) { return *this = *this + b; }
  ESPALIER_INLINE Line& operator-=(const Line& b) { return *this = *this - b; }
  ESPALIER_INLINE Line& operator*=(const Line& b) { return *this = *this * b; }
  ESPALIER_INLINE Line& operator/=(const Line& b) { return *this = *this / b; }

  ESPALIER_INLINE Line max(const Line& b) const {
    return zip(*this, b, [](const P& x, const P& y) { return detail::simd::pmax(x, y); });
  }
  ESPALIER_INLINE Line min(const Line& b) const {
    return zip(*this, b, [](const P& x, const P& y) { return detail::simd::pmin(x, y); });
  }
  ESPALIER_INLINE Line abs() const {
    return map([](const P& x) { return detail::simd::pabs(x); });
  }
  ESPALIER_INLINE Line sqrt() const {
    return map([](const P& x) { return detail::root(x); });
  }
  ESPALIER_INLINE Line square() const { return *this * *this; }
  /// 1, 0 or -1.
  ESPALIER_INLINE Line sign() const { return below(S(0), *this) - below(*this, S(0)); }

  /// 1 where a < b, and 0 elsewhere.
  static ESPALIER_INLINE Line below(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) {
      return detail::simd::pand(detail::simd::pcmp_lt(x, y), detail::simd::pset1<P>(S(1)));
    });
  }
  /// 1 where a and b differ, and 0 elsewhere.
  static ESPALIER_INLINE Line differ(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) {
      return detail::simd::pandnot(detail::simd::pset1<P>(S(1)), detail::simd::pcmp_eq(x, y));
    });
  }

  /// a where x is 0, and b elsewhere.
  static ESPALIER_INLINE Line if_zero(const Line& x, const Line& a, const Line& b) {
    Line line;
    each([&](auto r) {
      const P zero = detail::simd::pcmp_eq(x.part_[r], detail::simd::pset1<P>(S(0)));
      line.part_[r] = detail::simd::pselect(zero, a.part_[r], b.part_[r]);
    });
    return line;
  }

  /// The first n numbers, the others zero.
  ESPALIER_INLINE Line first(Index n) const {
    const Line end = static_cast<S>(n), from = load(detail::lane_indices<S>.data());
    Line line;
    each([&](auto r) {
      line.part_[r] = detail::simd::pand(detail::simd::pcmp_lt(from.part_[r], end.part_[r]), part_[r]);
    });
    return line;
  }

  ESPALIER_INLINE S sum() const {
    P total = part_[0];
    for (std::size_t r = 1; r < registers; ++r) total = detail::simd::padd(total, part_[r]);
    return detail::simd::predux(total);
  }
  ESPALIER_INLINE S largest() const {
    P most = part_[0];
    for (std::size_t r = 1; r < registers; ++r) most = detail::simd::pmax(most, part_[r]);
    return detail::simd::predux_max(most);
  }
  ESPALIER_INLINE S least() const {
    P most = part_[0];
    for (std::size_t r = 1; r < registers; ++r) most = detail::simd::pmin(most, part_[r]);
    return detail::simd::predux_min(most);
  }

 private:
  template <class F>
  static ESPALIER_INLINE void each(F&& f) {
    detail::unrolled<registers>(f);
  }
  template <class F>
  ESPALIER_INLINE Line map(F&& f) const {
    Line line;
    each([&](auto r) { line.part_[r] = f(part_[r]); });
    return line;
  }
  template <class F>
  static ESPALIER_INLINE Line zip(const Line& a, const Line& b, F&& f) {
    Line line;
    each([&](auto r) { line.part_[r] = f(a.part_[r], b.part_[r]); });
    return line;
  }

  P part_[registers];
};

/// How often numbers differed at each place of a line. A comparison of registers gives -1 where it holds, so
/// that one operation counts it.
template <Scalar S>
class DifferenceCount {
 public:
  ESPALIER_INLINE void add(const Line<S>& a, const Line<S>& b) {
    detail::unrolled<Line<S>::registers>([&](auto r) ESPALIER_INLINE_LAMBDA {
      if constexpr (detail::lanes<S> == 1)
        part_[r][0] += a.part(r) != b.part(r);
#ifdef EIGEN_VECTORIZE_AVX512
      else if constexpr (sizeof(S) == 4)
        part_[r] = Integers(_mm512_mask_add_epi32(__m512i(part_[r]),
                                                  _mm512_cmp_ps_mask(a.part(r), b.part(r), _CMP_NEQ_UQ),
                                                  __m512i(part_[r]), _mm512_set1_epi32(1)));
#endif
      else
        part_[r] -= a.part(r) != b.part(r);
    });
  }
  /// Adds the first n places of others.
  ESPALIER_INLINE void add(const DifferenceCount& others, Index n) {
    for (std::size_t r = 0; r < Line<S>::registers; ++r) {
      Integers place;
      std::memcpy(&place, detail::lane_indices<Integer>.data() + r * detail::lanes<S>, sizeof(place));
      part_[r] += others.part_[r] & (place < static_cast<Integer>(std::min(n, Line<S>::size)));
    }
  }
  Index sum() const {
    std::array<Integer, static_cast<std::size_t>(Line<S>::size)> all;
    std::memcpy(all.data(), part_, sizeof(part_));
    return std::accumulate(all.begin(), all.end(), Index{0});
  }

 private:
  using Integer = std::conditional_t<sizeof(S) == 4, std::int32_t, std::int64_t>;
  typedef Integer Integers __attribute__((vector_size(sizeof(detail::Packet<S>))));

  Integers part_[Line<S>::registers] = {};
};

namespace detail {

template <Scalar S>
inline constexpr Index line_length = Line<S>::size;

/// Copies n numbers, fewer than a line: a half of one, a quarter, ... in a move or two each, since a call
/// that copies so few takes longer than all else that happens to them.
template <Scalar S>
ESPALIER_INLINE void copy_rest(const S* from, Index n, S* to) {
  constexpr std::size_t halvings = std::bit_width(std::size_t{64 / sizeof(S)}) - 1;
  unrolled<halvings>([&](auto k) ESPALIER_INLINE_LAMBDA {
    constexpr Index some = line_length<S> / (Index{2} << k);
    if ((n & some) == 0) return;
    std::memcpy(to, from, some * sizeof(S));
    from += some, to += some;
  });
}

/// The first `n` numbers of a line, the others zero.
template <Scalar S>
ESPALIER_INLINE Line<S> load_line(const S* from, Index n) {
  if (n >= line_length<S>) return Line<S>::load(from);
  alignas(64) S line[Line<S>::size] = {};
  copy_rest(from, n, line);
  return Line<S>::load(line);
}

template <Scalar S>
ESPALIER_INLINE void store_line(const Line<S>& line, S* to, Index n) {
  if (n >= line_length<S>) return line.store(to);
  alignas(64) S numbers[Line<S>::size];
  line.store(numbers);
  copy_rest(numbers, n, to);
}

}  // namespace detail
}  // namespace espalier
