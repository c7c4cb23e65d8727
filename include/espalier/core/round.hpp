// SPDX-License-Identifier: MIT
// Rounding of bounds, given in double, into the precision of a model.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// The smallest S that is not below `x`, is 0 or normal, since others count as zero in a step, and is not -0.
/// Without branches, so that compilers take it out of loops; by the bits of x, which in a step may be
/// denormal and then compares as zero.
template <Scalar S>
S round_up(double x) {
  using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
  constexpr S least = std::numeric_limits<S>::min();
  const S s = static_cast<S>(x);
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const Bits positive = bits - 1 < (std::uint64_t{1} << 63) - 1, below = static_cast<double>(s) < x,
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
