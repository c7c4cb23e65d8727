// SPDX-License-Identifier: MIT
#include "espalier/data/half.hpp"

#include <cmath>

#include "catch.hpp"

using espalier::detail::Half;

TEST_CASE("each of the 65536 numbers is what IEEE 754 says") {
  long wrong = 0;
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const int exponent = static_cast<int>(bits >> 10 & 31), fraction = static_cast<int>(bits & 1023);
    const double sign = bits >> 15 ? -1 : 1;
    const double magnitude = exponent == 31  ? (fraction == 0 ? HUGE_VAL : std::nan(""))
                             : exponent == 0 ? std::ldexp(fraction, -24)
                                             : std::ldexp(1024 + fraction, exponent - 25);
    const Half half{static_cast<std::uint16_t>(bits)};
    const float x = static_cast<float>(half);
    const bool same =
        std::isnan(magnitude) ? std::isnan(x) : x == sign * magnitude && std::signbit(x) == (sign < 0);
    wrong += !same || !(static_cast<double>(half) == x || std::isnan(x));
  }
  CHECK(wrong == 0);
}
