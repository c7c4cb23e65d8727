// SPDX-License-Identifier: MIT
// Checks of option values and shapes.
#pragma once

#include <cmath>
#include <limits>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier::detail {

inline void check_not_negative(std::string_view where, std::string_view what, double value) {
  if (!(value >= 0) || !std::isfinite(value)) fail(where, {"{} >= 0 and finite", {what}}, value);
}

inline void check_positive(std::string_view where, std::string_view what, double value) {
  if (!(value > 0) || !std::isfinite(value)) fail(where, {"{} > 0 and finite", {what}}, value);
}

/// Throws unless value > 0 and finite in single precision too, where it must not become zero or infinity.
inline void check_positive_float(std::string_view where, std::string_view what, double value) {
  const float narrow = static_cast<float>(value);
  if (!(narrow >= std::numeric_limits<float>::min()) || std::isinf(narrow))
    fail(where, {"{} > 0 and finite, also as a float", {what}}, value);
}

/// lo <= value < 1
inline void check_fraction(std::string_view where, std::string_view what, double value, double lo = 0) {
  if (!(value >= lo && value < 1)) fail(where, {"{} <= {} < 1", {lo, what}}, value);
}

/// Throws ShapeError for a matrix that is not rows x cols, which stand in the gaps of `expected`.
inline void check_shape(std::string_view where, std::string_view expected, Index rows, Index cols,
                        Index found_rows, Index found_cols) {
  if (found_rows != rows || found_cols != cols)
    fail_shape(where, expected, rows, cols, found_rows, found_cols);
}

}  // namespace espalier::detail
