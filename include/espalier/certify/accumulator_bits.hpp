// SPDX-License-Identifier: MIT
// How wide an accumulator of an integer layer must be, so that no sum overflows in whatever order it is
// taken.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier {

/// Whole numbers from low to high, 0 among them, that a layer reads: of each sample at most `most` are not 0.
struct IntegerRange {
  std::int64_t low = 0, high = 255;
  Index most = std::numeric_limits<Index>::max();

  /// From 0 to 2^bits - 1; `unsigned_bits(1)` are inputs that are on or off.
  static IntegerRange unsigned_bits(int bits, Index most = std::numeric_limits<Index>::max()) {
    return {0, (std::int64_t{1} << bits) - 1, most};
  }
  /// From -2^(bits - 1) to 2^(bits - 1) - 1.
  static IntegerRange signed_bits(int bits, Index most = std::numeric_limits<Index>::max()) {
    return {-(std::int64_t{1} << (bits - 1)), (std::int64_t{1} << (bits - 1)) - 1, most};
  }

  /// Throws ValueError, naming `where`.
  void validate(std::string_view where) const {
    constexpr std::int64_t limit = std::int64_t{1} << 31;
    if (!(low <= 0 && 0 <= high && -limit <= low && high <= limit))
      detail::fail(where, "inputs from low to high of at most 32 bits with 0 among them",
                   detail::format_message("low = {}, high = {}", {low, high}));
    if (most < 1) detail::fail(where, "most >= 1", most);
  }
  bool operator==(const IntegerRange&) const = default;
};

/// The smallest and the largest partial sum of a neuron. Both occur.
struct AccumulatorRange {
  std::int64_t low = 0, high = 0;

  /// The smallest P such that both are numbers of P bits in two's complement, from -2^(P-1) to 2^(P-1) - 1.
  int bits() const {
    int p = 1;
    while (p < 63 && !(-(std::int64_t{1} << (p - 1)) <= low && high <= (std::int64_t{1} << (p - 1)) - 1)) ++p;
    return p;
  }
  bool operator==(const AccumulatorRange&) const = default;
};

namespace detail {

/// The sum of the `most` largest.
inline std::int64_t largest_sum(std::vector<std::int64_t> numbers, Index most) {
  const auto n = static_cast<Index>(numbers.size());
  if (most < n) std::nth_element(numbers.begin(), numbers.begin() + most, numbers.end(), std::greater<>{});
  std::int64_t sum = 0;
  for (Index i = 0; i < std::min(most, n); ++i) sum += numbers[static_cast<std::size_t>(i)];
  return sum;
}

}  // namespace detail

/// Of a neuron with these weights and this bias. A partial sum is that of some of the products and perhaps of
/// the bias: it is largest where inputs that make their product largest come first, and the others later or
/// never. So it is the sum of the `most` largest max(w low, w high), plus the bias if that is positive; and
/// the smallest likewise. Whatever the order, and whatever the inputs, no partial sum leaves the range.
/// Throws ValueError for sums that might not fit 62 bits.
inline AccumulatorRange accumulator_range(std::span<const std::int64_t> weights, std::int64_t bias,
                                          const IntegerRange& inputs) {
  inputs.validate("accumulator_range");
  std::vector<std::int64_t> up, down;
  double size = std::abs(static_cast<double>(bias));
  for (const std::int64_t w : weights) {
    size += std::abs(static_cast<double>(w)) * static_cast<double>(std::max(inputs.high, -inputs.low));
    if (!(size < 0x1p62)) detail::fail("accumulator_range", "sums of fewer than 62 bits", "larger weights");
    up.push_back(std::max(w * inputs.high, w * inputs.low));
    down.push_back(std::max(-w * inputs.high, -w * inputs.low));
  }
  return {-detail::largest_sum(std::move(down), inputs.most) + std::min(bias, std::int64_t{0}),
          detail::largest_sum(std::move(up), inputs.most) + std::max(bias, std::int64_t{0})};
}

/// As many bits as one neuron needs.
inline int accumulator_bits(std::span<const std::int64_t> weights, std::int64_t bias,
                            const IntegerRange& inputs) {
  return accumulator_range(weights, bias, inputs).bits();
}

/// What the integer weights of each sign may add up to, so that accumulators of `bits` bits suffice beside
/// biases of at most `bias`: (2^(bits - 1) - 1 - bias) / (2^N - 1) for unsigned inputs of N bits. Times the
/// step of the levels it is the bound of a SignedSumBound or, with k = inputs.most, of a TopKSum. (Where
/// inputs are negative too, weights of both signs add up in one sum, and that is half of it for each.) Throws
/// ValueError if nothing is left.
inline std::int64_t largest_weight_sum(int bits, const IntegerRange& inputs, std::int64_t bias = 0) {
  inputs.validate("largest_weight_sum");
  if (bits < 2 || bits > 62) detail::fail("largest_weight_sum", "2 to 62 bits", bits);
  const std::int64_t most = std::max(inputs.high, -inputs.low) * (inputs.low < 0 && inputs.high > 0 ? 2 : 1);
  const std::int64_t room = (std::int64_t{1} << (bits - 1)) - 1 - bias;
  if (bias < 0 || most < 1 || room < most)
    detail::fail("largest_weight_sum", "bits that inputs and biases leave something of",
                 detail::format_message("{} bits, inputs up to {}, biases up to {}", {bits, most, bias}));
  return room / most;
}

}  // namespace espalier
