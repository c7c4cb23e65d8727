// SPDX-License-Identifier: MIT
// The Euclidean norm that decides feasibility: the same sum in the same order wherever the numbers stand.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// One unit of roundoff.
template <Scalar S>
inline constexpr double roundoff = static_cast<double>(std::numeric_limits<S>::epsilon()) / 2;

/// sum x^2 of floats: eight partial sums in double, by index and not by address, so that a copy has the same
/// norm.
inline double sum_of_squares(const float* x, Index n) {
  std::array<double, 8> sum{};
  const Index whole = n / 8 * 8;
  for (Index i = 0; i < whole; i += 8)
    for (std::size_t k = 0; k < 8; ++k) {
      const double value = x[i + static_cast<Index>(k)];
      sum[k] += value * value;
    }
  for (Index i = whole; i < n; ++i) {
    const double value = x[i];
    sum[static_cast<std::size_t>(i - whole)] += value * value;
  }
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
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
