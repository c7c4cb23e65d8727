// SPDX-License-Identifier: MIT
// The root of a function that falls: Newton's method, kept in a bracket.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

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

/// A root of f, which does not rise, up to the noise of its values or neighboring doubles. A slope that is
/// wrong costs time, not the root: three steps that do not halve the bracket together are followed by a
/// bisection.
template <class F>
double falling_root(const RootSearch& search, F&& f) {
  constexpr int most = 400;  // bisection of all doubles takes 64, and expansion by 8 as often 340
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
      // No end yet on this side: at most so far, and further each time.
      const double most_far = at.value > 0 ? x + stride : x - stride;
      const bool creeps = k % 12 == 11;  // a slope that is too steep never finds the other end
      if (!inside || creeps || std::abs(newton - x) > stride) next = std::clamp(most_far, low, high);
      stride *= 8;
    } else if (!inside) {
      next = low + width / 2;
    }
    if (!(next > low && next < high) || next == x) return x;
    x = next;
  }
  return x;
}

}  // namespace espalier::detail
