// SPDX-License-Identifier: MIT
// Checks of option values, and the rounding of bounds into a precision.
#pragma once

#include <cmath>
#include <limits>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier::detail {

inline void check_not_negative(std::string_view where, std::string_view what, double value) {
  if (!(value >= 0) || !std::isfinite(value)) fail(where, fmt::format("{} >= 0 and finite", what), value);
}

inline void check_positive(std::string_view where, std::string_view what, double value) {
  if (!(value > 0) || !std::isfinite(value)) fail(where, fmt::format("{} > 0 and finite", what), value);
}

/// lo <= value < 1
inline void check_below_one(std::string_view where, std::string_view what, double value, double lo = 0) {
  if (!(value >= lo && value < 1)) fail(where, fmt::format("{} <= {} < 1", lo, what), value);
}

/// The smallest S that is not below `x`; never -0. (`gnu::const` lets loops over weights take the call out of
/// the loop.)
template <Scalar S>
[[gnu::const, gnu::noinline]] S round_up(double x) {
  const S s = static_cast<S>(x) + S(0);
  return static_cast<double>(s) < x ? std::nextafter(s, std::numeric_limits<S>::infinity()) : s;
}

/// The largest S that is not above `x`; never -0.
template <Scalar S>
[[gnu::const, gnu::noinline]] S round_down(double x) {
  const S s = static_cast<S>(x) + S(0);
  return static_cast<double>(s) > x ? std::nextafter(s, -std::numeric_limits<S>::infinity()) : s;
}

}  // namespace espalier::detail
