// SPDX-License-Identifier: MIT
// The root of a function that falls: Newton's method, kept in a bracket.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace espalier::detail {

/// A function of one unknown at a point, with its slope there (or a guess of it), and `noise`: what of the
/// value may be rounding.
struct ValueAndSlope {
  double value, slope, noise;
};

/// Where to look: the root is from `low` to `high`, which may be infinite. The search begins at `start`, and
/// goes `stride` far where the slope does not say how far.
struct RootSearch {
  double start, low, high, stride;
};

/// The number in the middle of all doubles between two.
inline double middle_of_doubles(double low, double high) {
  // Their bits, for negative numbers turned round, rise with them.
  const auto place = [](double x) {
    const auto bits = std::bit_cast<std::int64_t>(x);
    return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
  };
  const std::int64_t middle = std::midpoint(place(low), place(high));
  return std::bit_cast<double>(middle < 0 ? std::numeric_limits<std::int64_t>::min() - middle : middle);
}

/// A root of f, which does not rise, up to the noise of its values or neighboring doubles. A slope that is
/// wrong costs time, not the root: three steps that do not halve the bracket together are followed by a
/// bisection. Where that has not found it, the root is far smaller than the bracket, and all doubles are
/// halved.
template <class F>
double falling_root(const RootSearch& search, F&& f) {
  constexpr int most = 400;      // bisection of all doubles takes 64, and expansion by 8 as often 340
  constexpr int patience = 128;  // a bracket as wide as its numbers is halved 53 times, each third time only
  double x = search.start, low = search.low, high = search.high, stride = search.stride;
  double checked = std::numeric_limits<double>::infinity();
  for (int k = 0; k < most; ++k) {
    const ValueAndSlope at = f(x);
    if (!(std::abs(at.value) > at.noise)) return x;
    (at.value > 0 ? low : high) = x;
    const double width = high - low, newton = x - at.value / at.slope;
    bool inside = newton > low && newton < high;
    if (k % 3 == 2) {
      inside = inside && (!std::isfinite(width) || width < checked / 2 || !std::isfinite(checked));
      checked = width;
    }
    double next = newton;
    if (!std::isfinite(width)) {
      // No end yet on this side: at most so far, and further each time; far enough to be another number.
      stride = std::max(stride, std::abs(x) * (2 * std::numeric_limits<double>::epsilon()));
      const double most_far = at.value > 0 ? x + stride : x - stride;
      const bool creeps = k % 12 == 11;  // a slope that is too steep never finds the other end
      if (!inside || creeps || std::abs(newton - x) > stride) next = std::clamp(most_far, low, high);
      stride *= 8;
    } else if (!inside) {
      next = k < patience ? low + width / 2 : middle_of_doubles(low, high);
    }
    if (!(next > low && next < high) || next == x) return x;
    x = next;
  }
  return x;
}

}  // namespace espalier::detail
