// SPDX-License-Identifier: MIT
// Lines of doubles made of lines of either precision, for sums that a float is too coarse for.
#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/elements.hpp"
#include "espalier/kernel/norm.hpp"

namespace espalier::detail {

/// As many lines of doubles as a line of S has numbers for.
template <Scalar S>
using WideLine = std::array<Line<double>, static_cast<std::size_t>(Line<S>::size / Line<double>::size)>;

template <Scalar S>
ESPALIER_INLINE WideLine<S> widened(const Line<S>& x) {
  if constexpr (std::same_as<S, double>) {
    return {x};
  } else {
    constexpr std::size_t few = lanes<float> / lanes<double>;
    Packet<double> all[2 * Line<double>::registers];
    unrolled<Line<float>::registers>([&](auto r)
                                         ESPALIER_INLINE_LAMBDA { widen(x.part(r), all + r * Index{few}); });
    return {Line<double>::of_parts(all), Line<double>::of_parts(all + Line<double>::registers)};
  }
}

/// Rounds a line of doubles to as many numbers of S.
template <Scalar S>
ESPALIER_INLINE void store_narrow(const Line<double>& x, S* to) {
  if constexpr (std::same_as<S, double>) {
    x.store(to);
  } else {
    alignas(64) double wide[Line<double>::size];
    x.store(wide);
    for (Index k = 0; k < Line<double>::size; ++k) to[k] = static_cast<S>(wide[k]);
  }
}

/// a b + c, rounded once.
ESPALIER_INLINE Line<double> fused(const Line<double>& a, const Line<double>& b, const Line<double>& c) {
#ifdef EIGEN_VECTORIZE_FMA
  Packet<double> all[Line<double>::registers];
  unrolled<Line<double>::registers>(
      [&](auto r) ESPALIER_INLINE_LAMBDA { all[r] = simd::pmadd(a.part(r), b.part(r), c.part(r)); });
  return Line<double>::of_parts(all);
#else
  Line<double>::Array x = a.array(), y = b.array(), z = c.array();
  for (Index k = 0; k < Line<double>::size; ++k) z[k] = std::fma(x[k], y[k], z[k]);
  return Line<double>(z);
#endif
}

/// An interval for many numbers at a time; what is not a number stays so.
struct WideInterval {
  Line<double> low, high;

  template <Scalar S>
  explicit WideInterval(const Interval<S>& interval)
      : low(interval.bounded_below() ? static_cast<double>(interval.low)
                                     : -std::numeric_limits<double>::infinity()),
        high(interval.bounded_above() ? static_cast<double>(interval.high)
                                      : std::numeric_limits<double>::infinity()) {}

  /// The nearest numbers in it.
  ESPALIER_INLINE Line<double> clamp(const Line<double>& x) const { return x.max(low).min(high); }
  /// 1 where x is strictly inside, and 0 elsewhere.
  ESPALIER_INLINE Line<double> strictly_inside(const Line<double>& x) const {
    return Line<double>::below(low, x) * Line<double>::below(x, high);
  }
};

}  // namespace espalier::detail
