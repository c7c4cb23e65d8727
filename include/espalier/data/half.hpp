// SPDX-License-Identifier: MIT
// Numbers of half precision (IEEE 754 binary16), as files have them.
#pragma once

#include <bit>
#include <cstdint>

namespace espalier::detail {

/// A number of half precision in its 16 bits; every one is exactly a float.
struct Half {
  std::uint16_t bits = 0;

  explicit operator float() const {
    constexpr unsigned fraction_bits = 10, bias = 15, float_fraction_bits = 23, float_bias = 127;
    const std::uint32_t sign = std::uint32_t{bits & 0x8000U} << 16, fraction = bits & 0x3ffU,
                        exponent = bits >> fraction_bits & 0x1fU;
    if (exponent == 0) {  // zero and the subnormal numbers, multiples of 2^-24
      const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
      return sign ? -magnitude : magnitude;
    }
    const std::uint32_t wide =
        exponent == 0x1f ? 0xff : exponent - bias + float_bias;  // infinity and NaN stay so
    return std::bit_cast<float>(sign | wide << float_fraction_bits |
                                fraction << (float_fraction_bits - fraction_bits));
  }
  explicit operator double() const { return static_cast<float>(*this); }
};

}  // namespace espalier::detail
