// SPDX-License-Identifier: MIT
// Is the sum of a row, of its magnitudes, or of those of one sign, below a bound, at it or above it, in exact
// arithmetic?
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>

#include "espalier/kernel/exact_sum.hpp"
#include "espalier/kernel/wide_line.hpp"

namespace espalier::detail {

/// The number as a double, also where it is denormal in a step, in which processors take it for zero.
inline double exactly(double x) { return x; }
inline double exactly(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if ((bits & 0x7f800000U) != 0) return x;
  const double size = 0x1p-149 * static_cast<double>(bits & 0x7fffffU);
  return (bits >> 31) != 0 ? -size : size;
}

/// What of each number is summed: itself, |x|, max(x, 0) or max(-x, 0).
enum class Summed { numbers, sizes, positive, negative };

/// Of a double, or of a line of them. What is not a number stays so.
template <Summed summed, class T>
ESPALIER_INLINE T summand(const T& x) {
  if constexpr (summed == Summed::numbers)
    return x;
  else if constexpr (std::same_as<T, double>)
    return summed == Summed::sizes ? std::abs(x) : std::max(summed == Summed::positive ? x : -x, 0.0);
  else if constexpr (summed == Summed::sizes)
    return x.abs();
  else
    return (summed == Summed::positive ? x : -x).max(0.0);
}
/// The size of that.
template <Summed summed, class T>
ESPALIER_INLINE T summand_size(const T& x) {
  return summand < summed == Summed::numbers ? Summed::sizes : summed > (x);
}

/// Their sum as high + low: of doubles as if in twice the precision, of floats in double.
template <Summed summed, Scalar S>
class ComparedSum {
 public:
  ComparedSum(const S* x, Index n) : x_(x), n_(n) {
    constexpr Index length = line_length<S>;
    const Index whole = n / length * length;
    Sums<Line<double>> lines;
    for (Index i = 0; i < whole; i += length)
      for (const Line<double>& part : widened(Line<S>::load(x + i)))
        lines.add(summand<summed>(part), summand_size<summed>(part));
    size_ = lines.size.sum(), largest_ = lines.largest.largest();
    Sums<double> sums;
    const typename Line<double>::Array high = lines.high.array();
    for (Index k = 0; k < high.size(); ++k) sums.add(high[k], 0);
    sums.low += lines.low.sum();
    for (Index i = whole; i < n; ++i) {
      const double number = x[i];
      sums.add(summand<summed>(number), summand_size<summed>(number));
    }
    high_ = sums.high, low_ = sums.low, size_ += sums.size, largest_ = std::max(largest_, sums.largest);
  }

  /// What of the sum of magnitudes `excess` does not tell from nothing.
  double resolution() const { return (std::same_as<S, float> ? 0x1p-50 : 0x1p-100) * size_; }
  /// The size of the largest.
  double largest() const { return largest_; }
  /// How far the sum is above a bound, but for a part of 2^-50 of the sum of magnitudes, for doubles 2^-100.
  double excess(double bound) const {
    const double sum = high_ - bound, part = sum - high_;
    return sum + ((high_ - (sum - part)) + (-bound - part) + low_);
  }

  /// sign(sum - (bound + rest)) without any rounding; 1 for numbers that are not finite.
  int compare(double bound, double rest = 0) const {
    constexpr double unit = roundoff<double>;
    const double above = excess(bound), difference = above - rest, terms = static_cast<double>(n_) + 8,
                 all = size_ + std::abs(bound) + std::abs(rest),
                 lost = std::same_as<S, float> ? 2 * terms * unit : 2 * terms * terms * unit * unit;
    const double doubt = lost * all + 8 * unit * (std::abs(above) + std::abs(rest)) +
                         terms * static_cast<double>(std::numeric_limits<S>::min());
    if (difference > doubt && std::isfinite(difference)) return 1;
    if (difference < -doubt) return -1;
    return compare_exactly(bound, rest);
  }

 private:
  /// Of numbers, or of lines of them at each place.
  template <class T>
  struct Sums {
    T high = 0.0, low = 0.0, size = 0.0, largest = 0.0;

    ESPALIER_INLINE void add(const T& term, const T& magnitude) {
      size += magnitude;
      if constexpr (std::same_as<T, double>)
        largest = std::max(largest, magnitude);
      else
        largest = largest.max(magnitude);
      const T sum = high + term;
      if constexpr (std::same_as<S, double>) {
        const T part = sum - high;
        low += (high - (sum - part)) + (term - part);
      }
      high = sum;
    }
  };

  [[gnu::noinline, gnu::cold]] int compare_exactly(double bound, double rest) const {
    ExactSum sum;
    for (Index i = 0; i < n_; ++i) {
      if (!std::isfinite(x_[i])) return 1;
      const double x = exactly(x_[i]);
      if (summed == Summed::positive ? x > 0 : summed != Summed::negative || x < 0)
        sum.add(x, 1, summed != Summed::numbers && x < 0);
    }
    sum.add(bound, 1, true), sum.add(rest, 1, true);
    return sum.sign();
  }

  const S* x_;
  Index n_;
  double high_ = 0, low_ = 0, size_ = 0, largest_ = 0;
};

/// The distance of neighboring numbers of precision S at x >= 0.
template <Scalar S>
double unit_in_last_place(double x) {
  using Limits = std::numeric_limits<S>;
  if (!(x > 0) || !std::isfinite(x)) return 0;
  return std::ldexp(1.0, std::max(std::ilogb(x), Limits::min_exponent - 1) - (Limits::digits - 1));
}

/// Is sum x == value within one unit in the last place of the largest |x|, in exact arithmetic?
template <Scalar S>
bool sum_is(const S* x, Index n, double value) {
  const ComparedSum<Summed::numbers, S> sum(x, n);
  const double unit = unit_in_last_place<S>(sum.largest());
  return sum.compare(value, unit) <= 0 && sum.compare(value, -unit) >= 0;
}

/// Is the sum at most a bound, in exact arithmetic?
template <Summed summed, Scalar S>
bool sum_is_below(const S* x, Index n, double bound) {
  return ComparedSum<summed, S>(x, n).compare(bound) <= 0;
}
/// Is sum |x| <= radius, in exact arithmetic?
template <Scalar S>
bool sum_of_sizes_holds(const S* x, Index n, double radius) {
  return sum_is_below<Summed::sizes>(x, n, radius);
}

}  // namespace espalier::detail
