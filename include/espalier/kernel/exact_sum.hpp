// SPDX-License-Identifier: MIT
// The sign of a sum of products of doubles, without any rounding.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace espalier::detail {

/// A fixed-point number that is wide enough for every product of two finite doubles (Kulisch's accumulator).
/// It reads the bits of its arguments, so that denormal numbers count wherever it is called. An `add` takes
/// about ten nanoseconds: it decides what a bound on rounding errors leaves open.
class ExactSum {
 public:
  /// += a b, or -= a b. Both are finite.
  void add(double a, double b, bool subtract = false) {
    const Parts x(a), y(b);
    if (x.mantissa == 0 || y.mantissa == 0) return;
    const bool negative = (x.negative != y.negative) != subtract;
    const std::uint64_t x1 = x.mantissa >> half, x0 = x.mantissa & low_half, y1 = y.mantissa >> half,
                        y0 = y.mantissa & low_half;
    const int place = x.exponent + y.exponent + origin;
    add_bits(x0 * y0, place, negative);
    add_bits(x1 * y0 + x0 * y1, place + half, negative);
    add_bits(x1 * y1, place + 2 * half, negative);
    if (++pending_ == most_pending) carry();
  }

  /// 1, 0 or -1.
  int sign() {
    carry();
    if (limbs_[count - 1] < 0) return -1;
    for (const std::int64_t limb : limbs_)
      if (limb != 0) return 1;
    return 0;
  }

 private:
  /// A double is +- mantissa 2^exponent, with at most 53 bits.
  struct Parts {
    std::uint64_t mantissa;
    int exponent;
    bool negative;

    static constexpr std::uint64_t low_mantissa = (std::uint64_t{1} << 52) - 1;

    explicit Parts(double x) {
      const auto bits = std::bit_cast<std::uint64_t>(x);
      const auto biased = static_cast<int>((bits >> 52) & 0x7ff);
      mantissa = (bits & low_mantissa) | std::uint64_t{biased > 0} << 52;
      exponent = (biased > 0 ? biased : 1) - 1075;
      negative = (bits >> 63) != 0;
    }
  };

  static constexpr int half = 27;  // bits; a sum of two products of halves has at most 55
  static constexpr std::uint64_t low_half = (std::uint64_t{1} << half) - 1, low_limb = 0xffffffff;
  // Limb k counts 2^(32 k - origin). The least product is 2^-2148, the largest below 2^2048.
  static constexpr int origin = 2176;
  static constexpr std::size_t count = 136;
  // An `add` changes a limb by less than 2^35: after 2^27 of them, none overflows.
  static constexpr long most_pending = 1L << 27;

  void add_bits(std::uint64_t bits, int place, bool negative) {
    const auto limb = static_cast<std::size_t>(place / 32);
    const int shift = place % 32;
    const std::uint64_t low = bits << shift, high = shift > 0 ? bits >> (64 - shift) : 0;
    const auto put = [&](std::size_t k, std::uint64_t value) {
      limbs_[k] += negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
    };
    put(limb, low & low_limb), put(limb + 1, low >> 32), put(limb + 2, high);
  }

  /// Every limb but the last is then in 0 .. 2^32 - 1, and the last has the sign of the sum.
  void carry() {
    for (std::size_t k = 0; k + 1 < count; ++k) {
      const std::int64_t over = limbs_[k] >> 32;
      limbs_[k] -= over * (std::int64_t{1} << 32);
      limbs_[k + 1] += over;
    }
    pending_ = 0;
  }

  std::int64_t limbs_[count] = {};
  long pending_ = 0;
};

}  // namespace espalier::detail
