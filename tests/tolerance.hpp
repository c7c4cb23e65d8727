// SPDX-License-Identifier: MIT
// The error that rounding may leave.
#pragma once

#include <limits>

#include "espalier/core/matrix.hpp"

namespace test {

/// For numbers of size 1 that were computed in a few dozen operations.
template <espalier::Scalar S>
inline constexpr double tolerance = 16 * static_cast<double>(std::numeric_limits<S>::epsilon());

}  // namespace test
