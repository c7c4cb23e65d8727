// SPDX-License-Identifier: MIT
// The Euclidean norm that decides feasibility: the same sum in the same order wherever the numbers stand.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// One unit of roundoff.
template <Scalar S>
inline constexpr double roundoff = static_cast<double>(std::numeric_limits<S>::epsilon()) / 2;

/// sum x^2 of floats, in which no square is rounded: partial sums in double, by index and not by address, so
/// that a copy has the same norm.
inline double sum_of_squares(const float* x, Index n) {
  constexpr Index lanes = 32;
  double sum[lanes] = {};
  const Index whole = n / lanes * lanes;
  const auto add = [&](Index i, Index k) {
    const double value = x[i + k];
    sum[k] += value * value;
  };
  for (Index i = 0; i < whole; i += lanes)
    for (Index k = 0; k < lanes; ++k) add(i, k);
  for (Index k = 0; k < n - whole; ++k) add(whole, k);
  for (Index half = lanes / 2; half > 0; half /= 2)
    for (Index k = 0; k < half; ++k) sum[k] += sum[k + half];
  return sum[0];
}

/// sum (scale x)^2 of doubles as if in twice the precision (Ogita, Rump, Oishi 2005: Dot2).
inline double sum_of_squares(const double* x, Index n, double scale = 1) {
  double high = 0, low = 0;
  for (Index i = 0; i < n; ++i) {
    const double value = x[i] * scale, product = value * value, lost = std::fma(value, value, -product);
    const double sum = high + product, rest = sum - high;
    low += ((high - (sum - rest)) + (product - rest)) + lost;
    high = sum;
  }
  return high + low;
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
      const int exponent = std::max(std::ilogb(largest), std::numeric_limits<double>::min_exponent);
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
