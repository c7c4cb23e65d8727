// SPDX-License-Identifier: MIT
#include "espalier/kernel/compare_sum.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;
using detail::ComparedSum, detail::Summed, detail::sum_is, detail::sum_of_sizes_holds;

TEST_CASE("Sums are compared without rounding") {
  // In double, 1 + 2^-60 - 1 is 0.
  const std::vector<double> x{1, 0x1p-60, -1};
  CHECK(ComparedSum<Summed::numbers, double>(x.data(), 3).compare(0) == 1);
  CHECK(ComparedSum<Summed::numbers, double>(x.data(), 3).compare(0x1p-60) == 0);
  CHECK(ComparedSum<Summed::numbers, double>(x.data(), 3).compare(0x1p-59) == -1);
  CHECK(ComparedSum<Summed::sizes, double>(x.data(), 3).compare(2) == 1);
  CHECK(ComparedSum<Summed::sizes, double>(x.data(), 3).excess(2) == 0x1p-60);
}

TEST_CASE("Numbers of one sign are summed alone, also without rounding") {
  const std::vector<double> x{1, -0x1p-60, -1, 0x1p-60, 0};
  using detail::sum_is_below;
  CHECK((sum_is_below<Summed::positive>(x.data(), 5, 1 + 0x1p-50) &&
         !sum_is_below<Summed::positive>(x.data(), 5, 1)));
  CHECK((sum_is_below<Summed::negative>(x.data(), 5, 1 + 0x1p-50) &&
         !sum_is_below<Summed::negative>(x.data(), 5, 1)));
  CHECK(ComparedSum<Summed::negative, double>(x.data(), 5).excess(1) == 0x1p-60);
  CHECK(ComparedSum<Summed::positive, double>(x.data(), 3).compare(1) == 0);
  const std::vector<float> bad{-1, std::nanf("")};
  CHECK_FALSE(sum_is_below<Summed::positive>(bad.data(), 2, 1e9));
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
  CHECK(ComparedSum<Summed::sizes, float>(x.data(), 1).compare(1e300) == 1);
  CHECK(detail::exactly(tiny[0]) == 0x1p-149);
  CHECK(detail::exactly(-tiny[0]) == -0x1p-149);
  CHECK(ComparedSum<Summed::numbers, float>(tiny.data(), 1).compare(0) == 1);
}
