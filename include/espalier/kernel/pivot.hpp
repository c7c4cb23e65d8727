// SPDX-License-Identifier: MIT
// Weights on a line through huge numbers, seen from one of them: y - mu t where it is much smaller than y.
#pragma once

#include <cmath>
#include <concepts>

#include "espalier/core/matrix.hpp"
#include "espalier/kernel/wide_line.hpp"

namespace espalier::detail {

/// a b - c d within two units in the last place, whatever cancels (Kahan; Jeannerod et al. 2013). Products of
/// floats are exact in double as they are.
template <Scalar S>
double difference_of_products(double a, double b, double c, double d) {
  const double product = c * d;
  if constexpr (std::same_as<S, float>) return a * b - product;
  return std::fma(a, b, -product) + std::fma(-c, d, product);
}
template <Scalar S>
Line<double> difference_of_products(const Line<double>& a, const Line<double>& b, const Line<double>& c,
                                    const Line<double>& d) {
  const Line<double> product = c * d;
  if constexpr (std::same_as<S, float>) return a * b - product;
  return fused(a, b, -product) + fused(-c, d, product);
}

/// The multiplier mu = weight / step + offset, of a weight and its step size. No double is near enough to mu
/// where all that is left of y is beyond its last place; the offset is small there.
template <Scalar S>
struct Pivot {
  double weight = 0, step = 0, offset = 0;
  double scale = 1;  ///< a power of two that brings the step to from 1 to 2, so that no product overflows

  Pivot() = default;
  Pivot(double y, double t) : weight(y), step(t), scale(std::ldexp(1.0, -std::ilogb(t))) {}

  explicit operator bool() const { return step > 0; }

  /// y - mu t, of numbers or lines of them.
  template <class T>
  [[gnu::noinline]] T lowered(const T& y, const T& t) const {
    const double length = step * scale;
    return difference_of_products<S>(y, T(length), T(weight), t * T(scale)) * T(1 / length) - T(offset) * t;
  }
};

}  // namespace espalier::detail
