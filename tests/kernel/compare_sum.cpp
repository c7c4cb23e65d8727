// SPDX-License-Identifier: MIT
#include "espalier/kernel/compare_sum.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;
using detail::ComparedSum, detail::sum_is, detail::sum_of_sizes_holds;

TEST_CASE("Sums are compared without rounding") {
  // In double, 1 + 2^-60 - 1 is 0.
  const std::vector<double> x{1, 0x1p-60, -1};
  CHECK(ComparedSum<false, double>(x.data(), 3).compare(0) == 1);
  CHECK(ComparedSum<false, double>(x.data(), 3).compare(0x1p-60) == 0);
  CHECK(ComparedSum<false, double>(x.data(), 3).compare(0x1p-59) == -1);
  CHECK(ComparedSum<true, double>(x.data(), 3).compare(2) == 1);
  CHECK(ComparedSum<true, double>(x.data(), 3).excess(2) == 0x1p-60);
}

TEST_CASE("A sum is a value within one unit in the last place of its largest number") {
  const std::vector<float> x{1, 0x1p-23F};
  CHECK(sum_is(x.data(), 2, 1));
  const std::vector<float> y{1, 0x1p-22F};
  CHECK_FALSE(sum_is(y.data(), 2, 1));
  CHECK(sum_of_sizes_holds(x.data(), 2, 1 + 0x1p-23));
  CHECK_FALSE(sum_of_sizes_holds(x.data(), 2, 1));
}

TEST_CASE("Numbers that are not finite are above every bound, and denormal ones are themselves") {
  const std::vector<float> x{std::numeric_limits<float>::infinity()}, tiny{0x1p-149F};
  CHECK(ComparedSum<true, float>(x.data(), 1).compare(1e300) == 1);
  CHECK(detail::exactly(tiny[0]) == 0x1p-149);
  CHECK(detail::exactly(-tiny[0]) == -0x1p-149);
  CHECK(ComparedSum<false, float>(tiny.data(), 1).compare(0) == 1);
}
