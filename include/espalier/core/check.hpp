// SPDX-License-Identifier: MIT
// Checks of option values and shapes, and the rounding of bounds into a precision.
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
  if (!(value >= 0) || !std::isfinite(value))
    fail(where, detail::phrase("{} >= 0 and finite", {what}), value);
}

inline void check_positive(std::string_view where, std::string_view what, double value) {
  if (!(value > 0) || !std::isfinite(value)) fail(where, detail::phrase("{} > 0 and finite", {what}), value);
}

/// The same for what is also used in single precision, where it must not become zero or infinity.
inline void check_positive_float(std::string_view where, std::string_view what, double value) {
  const float narrow = static_cast<float>(value);
  if (!(narrow >= std::numeric_limits<float>::min()) || std::isinf(narrow))
    fail(where, detail::phrase("{} > 0 and finite, also as a float", {what}), value);
}

/// lo <= value < 1
inline void check_below_one(std::string_view where, std::string_view what, double value, double lo = 0) {
  if (!(value >= lo && value < 1)) fail(where, detail::phrase("{} <= {} < 1", {lo, what}), value);
}

/// Throws ShapeError for a matrix that is not rows x cols, which stand in the gaps of `expected`.
inline void check_shape(std::string_view where, std::string_view expected, Index rows, Index cols,
                        Index found_rows, Index found_cols) {
  if (found_rows != rows || found_cols != cols)
    fail<ShapeError>(where, phrase(expected, {rows, cols}), phrase("{} x {}", {found_rows, found_cols}));
}

/// The smallest S that is not below `x`, is 0 or normal, since others count as zero in a step, and is not -0.
/// Without branches, so that compilers take it out of loops.
template <Scalar S>
S round_up(double x) {
  using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
  constexpr S least = std::numeric_limits<S>::min();
  const S s = static_cast<S>(x);
  const Bits positive = x > 0, below = static_cast<double>(s) < x,
             tiny = std::abs(x) < static_cast<double>(least);
  const Bits up = std::bit_cast<Bits>(s) + below * (2 * positive - 1);  // the next number, away from or to 0
  return std::bit_cast<S>(tiny * positive * std::bit_cast<Bits>(least) + (1 - tiny) * up);
}

/// The largest S that is not above `x`, likewise.
template <Scalar S>
S round_down(double x) {
  return -round_up<S>(-x) + S(0);
}

}  // namespace espalier::detail
