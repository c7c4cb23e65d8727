// SPDX-License-Identifier: MIT
// The Euclidean norm of a row, correct to a few roundings: the same sum in the same order wherever the
// numbers stand. Whether a row is feasible is for compare_norm.hpp to say.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>

#include "espalier/kernel/line.hpp"

namespace espalier::detail {

/// One unit of roundoff.
template <Scalar S>
inline constexpr double roundoff = static_cast<double>(std::numeric_limits<S>::epsilon()) / 2;

using Widened = double __attribute__((vector_size(sizeof(double) * lanes<float>)));

/// A register of floats as one or two of doubles.
template <class F, class P = Packet<double>>
ESPALIER_INLINE void widen(const F& floats, P* wide) {
  if constexpr (lanes<float> == 1) {
    wide[0] = floats;
  } else {
    const Widened all = __builtin_convertvector(floats, Widened);
    [&]<std::size_t... i>(std::index_sequence<i...>) ESPALIER_INLINE_LAMBDA {
      wide[0] = __builtin_shufflevector(all, all, static_cast<int>(i)...);
      wide[1] = __builtin_shufflevector(all, all, static_cast<int>(i + lanes<double>)...);
    }
    (std::make_index_sequence<lanes<double>>{});
  }
}

/// sum x^2 over lines, in double: no square of a float is rounded.
template <Scalar S>
class SquareSum {
 public:
  ESPALIER_INLINE SquareSum() {
    unrolled<parts>([&](auto k) ESPALIER_INLINE_LAMBDA { part_[k] = simd::pset1<P>(0.0); });
  }
  ESPALIER_INLINE void add(const Line<S>& x) {
    unrolled<Line<S>::registers>([&](auto r) ESPALIER_INLINE_LAMBDA {
      constexpr std::size_t few = parts / Line<S>::registers;
      P values[few];
      if constexpr (std::same_as<S, float>)
        widen(x.part(r), values);
      else
        values[0] = x.part(r);
      unrolled<few>([&](auto j) ESPALIER_INLINE_LAMBDA {
        P& sum = part_[r * Index{few} + j];
        sum = simd::pmadd(values[j], values[j], sum);
      });
    });
  }
  double sum() const {
    P total = part_[0];
    for (std::size_t k = 1; k < parts; ++k) total = simd::padd(total, part_[k]);
    return simd::predux(total);
  }

 private:
  using P = Packet<double>;
  static constexpr std::size_t parts = Line<S>::size / lanes<double>;
  P part_[parts];
};

/// sum x^2 of floats, in which no square is rounded: partial sums in double, by index and not by address, so
/// that a copy has the same norm. (A template, so that who includes this and does not call it pays nothing.)
template <std::same_as<float> S>
double sum_of_squares(const S* x, Index n) {
  using P = Packet<double>;
  constexpr std::size_t sums = 32, parts = sums / lanes<double>, width = lanes<float>;
  P part[parts];
  unrolled<parts>([&](auto k) ESPALIER_INLINE_LAMBDA { part[k] = simd::pset1<P>(0.0); });
  const Index whole = n / Index{sums} * Index{sums};
  for (Index i = 0; i < whole; i += Index{sums})
    unrolled<sums / width>([&](auto k) ESPALIER_INLINE_LAMBDA {
      constexpr std::size_t few = width / lanes<double>;
      P values[few];
      widen(simd::ploadu<Packet<float>>(x + i + k * Index{width}), values);
      unrolled<few>([&](auto j) ESPALIER_INLINE_LAMBDA {
        P& squares = part[k * Index{few} + j];
        squares = simd::pmadd(values[j], values[j], squares);
      });
    });
  double sum[sums];
  unrolled<parts>([&](auto k)
                      ESPALIER_INLINE_LAMBDA { simd::pstoreu(sum + k * Index{lanes<double>}, part[k]); });
  for (Index k = 0; k < n - whole; ++k) sum[k] += static_cast<double>(x[whole + k]) * x[whole + k];
  for (Index half = sums / 2; half > 0; half /= 2)
    for (Index k = 0; k < half; ++k) sum[k] += sum[k + half];
  return sum[0];
}

/// x *= factor, each product rounded once. The compiler computes many at a time where it knows how many.
inline void scale(float* x, Index n, double factor) {
  constexpr Index many = 32;
  const auto at = [&](Index i) { x[i] = static_cast<float>(static_cast<double>(x[i]) * factor); };
  const Index whole = n / many * many;
  for (Index i = 0; i < whole; i += many)
    for (Index k = 0; k < many; ++k) at(i + k);
  for (Index i = whole; i < n; ++i) at(i);
}

/// A sum of squares as if in twice the precision (Ogita, Rump, Oishi 2005: Dot2): the sum is high + low, up
/// to (n + 8)^2 2^-104 of it for n terms, and 2^-960 where parts of squares were too small for a double.
struct SumOfSquares {
  double high = 0, low = 0;

  ESPALIER_INLINE void add_square(double x) {
    const double product = x * x, lost = std::fma(x, x, -product);
    const double sum = high + product, rest = sum - high;
    low += ((high - (sum - rest)) + (product - rest)) + lost;
    high = sum;
  }
  ESPALIER_INLINE void add(const SumOfSquares& other) {
    const double sum = high + other.high, rest = sum - high;
    low += ((high - (sum - rest)) + (other.high - rest)) + other.low;
    high = sum;
  }
  double value() const { return high + low; }
};

/// sum (scale x)^2, likewise.
template <Scalar S>
SumOfSquares exact_squares(const S* x, Index n, double scale = 1) {
  constexpr Index many = 16;  // the compiler computes several at a time
  double high[many] = {}, low[many] = {};
  const Index whole = n / many * many;
  for (Index i = 0; i < whole; i += many)
    for (Index k = 0; k < many; ++k) {
      SumOfSquares sum{high[k], low[k]};
      sum.add_square(static_cast<double>(x[i + k]) * scale);
      high[k] = sum.high, low[k] = sum.low;
    }
  SumOfSquares sum;
  for (Index i = whole; i < n; ++i) sum.add_square(static_cast<double>(x[i]) * scale);
  for (Index k = 0; k < std::min(whole, many); ++k) sum.add({high[k], low[k]});
  return sum;
}
inline double sum_of_squares(const double* x, Index n, double scale = 1) {
  return exact_squares(x, n, scale).value();
}

/// norm(x), also where the squares of doubles would overflow or vanish: those are scaled by a power of two.
template <Scalar S>
[[gnu::noinline]] double norm(const S* x, Index n) {
  const double sum = sum_of_squares(x, n);
  if constexpr (std::same_as<S, double>) {
    if (sum > 1e-280 && sum < 1e280) return std::sqrt(sum);
    double largest = 0;
    for (Index i = 0; i < n; ++i) largest = std::fmax(largest, std::fabs(x[i]));
    if (largest > 0 && std::isfinite(largest)) {
      // From 1022 on the inverse power is denormal, and counts as zero inside a step.
      using Limits = std::numeric_limits<double>;
      const int exponent = std::clamp(std::ilogb(largest), Limits::min_exponent, Limits::max_exponent - 2);
      return std::ldexp(std::sqrt(sum_of_squares(x, n, std::ldexp(1.0, -exponent))), exponent);
    }
  }
  return std::sqrt(sum);
}

/// 1 / norm(x); 0 where S cannot hold it: a zero row has no direction.
template <Scalar S>
double inverse_norm(const S* x, Index n) {
  const double length = norm(x, n);
  return length < static_cast<double>(std::numeric_limits<S>::min()) ? 0 : 1 / length;
}

}  // namespace espalier::detail
