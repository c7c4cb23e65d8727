// SPDX-License-Identifier: MIT
// Checks of option values, and the rounding of bounds into a precision.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier::detail {

inline void check_not_negative(std::string_view where, std::string_view what, double value) {
  if (!(value >= 0) || !std::isfinite(value)) fail(where, fmt::format("{} >= 0 and finite", what), value);
}

inline void check_positive(std::string_view where, std::string_view what, double value) {
  if (!(value > 0) || !std::isfinite(value)) fail(where, fmt::format("{} > 0 and finite", what), value);
}

/// The same for what is also used in single precision, where it must not become zero or infinity.
inline void check_positive_float(std::string_view where, std::string_view what, double value) {
  const float narrow = static_cast<float>(value);
  if (!(narrow >= std::numeric_limits<float>::min()) || std::isinf(narrow))
    fail(where, fmt::format("{} > 0 and finite, also as a float", what), value);
}

/// lo <= value < 1
inline void check_below_one(std::string_view where, std::string_view what, double value, double lo = 0) {
  if (!(value >= lo && value < 1)) fail(where, fmt::format("{} <= {} < 1", lo, what), value);
}

/// The next S towards `up`, of a normal number; inlined where std::nextafter is a call.
template <Scalar S>
S neighbour(S x, bool up) {
  using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
  const auto bits = std::bit_cast<Bits>(x);
  return std::bit_cast<S>((x > 0) == up ? bits + 1 : bits - 1);
}

/// The smallest S that is not below `x`, is 0 or normal, since others count as zero in a step, and is not -0.
template <Scalar S>
S round_up(double x) {
  constexpr S least = std::numeric_limits<S>::min();
  if (std::abs(x) < static_cast<double>(least)) return x > 0 ? least : S(0);
  const S s = static_cast<S>(x);
  return static_cast<double>(s) < x ? neighbour(s, true) : s;
}

/// The largest S that is not above `x`, likewise.
template <Scalar S>
S round_down(double x) {
  return -round_up<S>(-x) + S(0);
}

}  // namespace espalier::detail
