// SPDX-License-Identifier: MIT
#include "espalier/certify/accumulator_bits.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "../support.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using Whole = std::vector<std::int64_t>;

namespace {

/// Does a sum of these terms, in this order, leave `bits` bits on its way?
bool overflows(const Whole& terms, int bits) {
  std::int64_t sum = 0;
  for (const std::int64_t term : terms) {
    sum += term;
    const int unused = 64 - bits;  // of two's complement, wrapped
    if (static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) << unused) >> unused != sum) return true;
  }
  return false;
}

/// The products of inputs that make partial sums largest (sign +1) or smallest, and the bias.
Whole worst_terms(const Whole& w, std::int64_t bias, const IntegerRange& inputs, int sign) {
  Whole products;
  for (const std::int64_t x : w) {
    const std::int64_t high = x * inputs.high, low = x * inputs.low;
    products.push_back(sign > 0 ? std::max(high, low) : std::min(high, low));
  }
  std::sort(products.begin(), products.end(), [&](auto a, auto b) { return sign * a > sign * b; });
  if (inputs.most < static_cast<Index>(products.size()))
    products.resize(static_cast<std::size_t>(inputs.most));
  products.insert(products.begin(), bias);
  return products;
}

void check_row(const Whole& w, std::int64_t bias, const IntegerRange& inputs, Rng& rng, int orders) {
  const int bits = accumulator_bits(w, bias, inputs);
  for (const int sign : {1, -1}) {
    Whole terms = worst_terms(w, bias, inputs, sign);
    // Positive terms first, negative ones first, and in random orders.
    std::sort(terms.begin(), terms.end());
    REQUIRE_FALSE(overflows(terms, bits));
    std::reverse(terms.begin(), terms.end());
    REQUIRE_FALSE(overflows(terms, bits));
    for (int k = 0; k < orders; ++k) {
      rng.shuffle(terms);
      REQUIRE_FALSE(overflows(terms, bits));
    }
  }
  // Any inputs, in any order.
  for (int k = 0; k < orders; ++k) {
    std::vector<std::size_t> places(w.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    rng.shuffle(places);
    Whole terms{bias};
    for (const std::size_t i : places)
      if (static_cast<Index>(terms.size()) <= inputs.most)
        terms.push_back(w[i] * (inputs.low + rng.below(inputs.high - inputs.low + 1)));
    rng.shuffle(terms);
    REQUIRE_FALSE(overflows(terms, bits));
  }
  // With one bit fewer one of the two does overflow: what is of one sign first.
  if (bits > 1) {
    Whole up = worst_terms(w, bias, inputs, 1), down = worst_terms(w, bias, inputs, -1);
    std::sort(up.rbegin(), up.rend()), std::sort(down.begin(), down.end());
    CHECK((overflows(up, bits - 1) || overflows(down, bits - 1)));
  }
}

}  // namespace

TEST_CASE("No order of any inputs overflows the bits of the certificate, and one bit fewer overflows") {
  Rng rng{1};
  int trial = 0;
  for (const IntegerRange& inputs :
       {IntegerRange::unsigned_bits(8), IntegerRange::unsigned_bits(1), IntegerRange::unsigned_bits(1, 5),
        IntegerRange::signed_bits(8), IntegerRange::signed_bits(4, 3), IntegerRange{-1, 1},
        IntegerRange{-7, 0}})
    for (const std::int64_t largest : {1, 7, 127, 3000})
      for (const std::int64_t bias : {0, -1, 100, -5000}) {
        Whole w(1 + static_cast<std::size_t>(rng.below(20)));
        for (std::int64_t& x : w) x = rng.below(2 * largest + 1) - largest;
        check_row(w, bias, inputs, rng, trial++ % 16 == 0 ? 1000 : 50);
      }
}

TEST_CASE("The range is that of all partial sums, by enumeration") {
  const Whole w{3, -2, 5, -7};
  for (const IntegerRange& inputs : {IntegerRange{0, 2}, IntegerRange{-1, 2}, IntegerRange{-1, 2, 2}})
    for (const std::int64_t bias : {4, -4, 0}) {
      std::int64_t low = std::min<std::int64_t>(bias, 0), high = std::max<std::int64_t>(bias, 0);
      const auto width = inputs.high - inputs.low + 1;
      for (std::int64_t code = 0; code < width * width * width * width; ++code) {
        std::int64_t rest = code, sum = 0;
        Index on = 0;
        for (const std::int64_t x : w) {
          const std::int64_t input = inputs.low + rest % width;
          rest /= width, sum += x * input, on += input != 0;
        }
        if (on > inputs.most) continue;  // an input of 0 stands for one that comes later, too
        low = std::min({low, sum, sum + bias}), high = std::max({high, sum, sum + bias});
      }
      CHECK(accumulator_range(w, bias, inputs) == AccumulatorRange{low, high});
    }
}

TEST_CASE("The bits are those of two's complement") {
  CHECK(AccumulatorRange{0, 0}.bits() == 1);
  CHECK(AccumulatorRange{-1, 0}.bits() == 1);
  CHECK(AccumulatorRange{0, 1}.bits() == 2);
  CHECK(AccumulatorRange{-32768, 32767}.bits() == 16);
  CHECK(AccumulatorRange{-32769, 0}.bits() == 17);
  CHECK(AccumulatorRange{0, 32768}.bits() == 17);
}

TEST_CASE("The largest sum of weights needs the bits that it was made for, and one more weight needs more") {
  for (const int bits : {8, 12, 16, 32})
    for (const IntegerRange& inputs : {IntegerRange::unsigned_bits(1), IntegerRange::unsigned_bits(4)})
      for (const std::int64_t bias : {0, 17}) {
        const std::int64_t sum = largest_weight_sum(bits, inputs, bias);
        CHECK(accumulator_bits(Whole{sum, -sum}, bias, inputs) <= bits);
        CHECK(accumulator_bits(Whole{sum, 1}, bias, inputs) > bits);
      }
  CHECK(largest_weight_sum(16, IntegerRange::unsigned_bits(8)) == 128);  // 32767 / 255
  const std::int64_t each = largest_weight_sum(16, IntegerRange::signed_bits(8));
  CHECK(accumulator_bits(Whole{each, -each}, 0, IntegerRange::signed_bits(8)) <= 16);
  CHECK_THROWS_AS(largest_weight_sum(8, IntegerRange::unsigned_bits(8)), ValueError);
}

TEST_CASE("Inputs that make no sense and sums that do not fit are refused") {
  CHECK(
      message_of([] {
        accumulator_bits(Whole{1}, 0, {1, 2});
      }) ==
      "accumulator_range: expected inputs from low to high of at most 32 bits with 0 among them, found low = "
      "1, high = 2");
  CHECK_THROWS_AS(accumulator_bits(Whole{1}, 0, {0, 1, 0}), ValueError);
  CHECK_THROWS_AS(accumulator_bits(Whole{std::numeric_limits<std::int64_t>::max()}, 0, {0, 255}), ValueError);
  CHECK(accumulator_bits(Whole{}, 0, {}) == 1);
}
