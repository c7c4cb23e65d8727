// SPDX-License-Identifier: MIT
// A cache line of numbers: as many as are computed with at a time, in one register or a few.
#pragma once

#include <algorithm>

#include "espalier/core/unrolled.hpp"

namespace espalier {
namespace detail {

namespace simd = Eigen::internal;

/// Eigen's name for one register of numbers.
template <Scalar S>
using Packet = typename simd::packet_traits<S>::type;
/// How many numbers that is.
template <Scalar S>
inline constexpr std::size_t lanes = simd::unpacket_traits<Packet<S>>::size;

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
  EIGEN_ALWAYS_INLINE Line(S x) {  // NOLINT: implicit
    each([&](auto r) { part_[r] = detail::simd::pset1<P>(x); });
  }
  /// What a line has no name for: `Line<S>(w.array().exp())`.
  template <class A>
  EIGEN_ALWAYS_INLINE explicit Line(const Eigen::ArrayBase<A>& a) : Line(load(Array(a).data())) {}
  EIGEN_ALWAYS_INLINE Array array() const {
    Array a;
    store(a.data());
    return a;
  }

  /// One of its registers.
  EIGEN_ALWAYS_INLINE const P& part(Index r) const { return part_[r]; }

  static EIGEN_ALWAYS_INLINE Line load(const S* from) {
    Line line;
    each([&](auto r) { line.part_[r] = detail::simd::ploadu<P>(from + r * width); });
    return line;
  }
  EIGEN_ALWAYS_INLINE void store(S* to) const {
    each([&](auto r) { detail::simd::pstoreu(to + r * width, part_[r]); });
  }

  friend EIGEN_ALWAYS_INLINE Line operator+(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) { return detail::simd::padd(x, y); });
  }
  friend EIGEN_ALWAYS_INLINE Line operator-(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) { return detail::simd::psub(x, y); });
  }
  friend EIGEN_ALWAYS_INLINE Line operator*(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) { return detail::simd::pmul(x, y); });
  }
  friend EIGEN_ALWAYS_INLINE Line operator/(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) { return detail::simd::pdiv(x, y); });
  }
  EIGEN_ALWAYS_INLINE Line operator-() const {
    return map([](const P& x) { return detail::simd::pnegate(x); });
  }
  EIGEN_ALWAYS_INLINE Line& operator+=(const Line& b) { return *this = *this + b; }
  EIGEN_ALWAYS_INLINE Line& operator-=(const Line& b) { return *this = *this - b; }
  EIGEN_ALWAYS_INLINE Line& operator*=(const Line& b) { return *this = *this * b; }
  EIGEN_ALWAYS_INLINE Line& operator/=(const Line& b) { return *this = *this / b; }

  EIGEN_ALWAYS_INLINE Line max(const Line& b) const {
    return zip(*this, b, [](const P& x, const P& y) { return detail::simd::pmax(x, y); });
  }
  EIGEN_ALWAYS_INLINE Line min(const Line& b) const {
    return zip(*this, b, [](const P& x, const P& y) { return detail::simd::pmin(x, y); });
  }
  EIGEN_ALWAYS_INLINE Line abs() const {
    return map([](const P& x) { return detail::simd::pabs(x); });
  }
  EIGEN_ALWAYS_INLINE Line sqrt() const {
    return map([](const P& x) { return detail::simd::psqrt(x); });
  }
  EIGEN_ALWAYS_INLINE Line square() const { return *this * *this; }
  /// 1, 0 or -1.
  EIGEN_ALWAYS_INLINE Line sign() const { return below(S(0), *this) - below(*this, S(0)); }

  /// 1 where a < b, and 0 elsewhere.
  static EIGEN_ALWAYS_INLINE Line below(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) {
      return detail::simd::pand(detail::simd::pcmp_lt(x, y), detail::simd::pset1<P>(S(1)));
    });
  }
  /// 1 where a and b differ, and 0 elsewhere.
  static EIGEN_ALWAYS_INLINE Line differ(const Line& a, const Line& b) {
    return zip(a, b, [](const P& x, const P& y) {
      return detail::simd::pandnot(detail::simd::pset1<P>(S(1)), detail::simd::pcmp_eq(x, y));
    });
  }

  EIGEN_ALWAYS_INLINE S sum() const {
    P total = part_[0];
    for (std::size_t r = 1; r < registers; ++r) total = detail::simd::padd(total, part_[r]);
    return detail::simd::predux(total);
  }
  EIGEN_ALWAYS_INLINE S largest() const {
    P most = part_[0];
    for (std::size_t r = 1; r < registers; ++r) most = detail::simd::pmax(most, part_[r]);
    return detail::simd::predux_max(most);
  }

 private:
  template <class F>
  static EIGEN_ALWAYS_INLINE void each(F&& f) {
    detail::unrolled<registers>(f);
  }
  template <class F>
  EIGEN_ALWAYS_INLINE Line map(F&& f) const {
    Line line;
    each([&](auto r) { line.part_[r] = f(part_[r]); });
    return line;
  }
  template <class F>
  static EIGEN_ALWAYS_INLINE Line zip(const Line& a, const Line& b, F&& f) {
    Line line;
    each([&](auto r) { line.part_[r] = f(a.part_[r], b.part_[r]); });
    return line;
  }

  P part_[registers];
};

namespace detail {

template <Scalar S>
inline constexpr Index line_length = Line<S>::size;

/// The first `n` numbers of a line, the others zero.
template <Scalar S>
EIGEN_ALWAYS_INLINE Line<S> load_line(const S* from, Index n) {
  if (n >= line_length<S>) return Line<S>::load(from);
  alignas(64) S line[Line<S>::size] = {};
  std::copy_n(from, n, line);
  return Line<S>::load(line);
}

template <Scalar S>
EIGEN_ALWAYS_INLINE void store_line(const Line<S>& line, S* to, Index n) {
  if (n >= line_length<S>) return line.store(to);
  alignas(64) S numbers[Line<S>::size];
  line.store(numbers);
  std::copy_n(numbers, n, to);
}

/// The first `n` numbers of a line, and behind them those of `others`.
template <Scalar S>
EIGEN_ALWAYS_INLINE Line<S> first_of(const Line<S>& line, Index n, const Line<S>& others) {
  if (n >= line_length<S>) return line;
  alignas(64) S numbers[Line<S>::size];
  others.store(numbers);
  store_line(line, numbers, n);
  return Line<S>::load(numbers);
}

}  // namespace detail
}  // namespace espalier
