// SPDX-License-Identifier: MIT
#include "espalier/kernel/pivot.hpp"

#include "catch.hpp"

using namespace espalier;
using detail::Pivot;

__extension__ using Integer = __int128;

TEMPLATE_TEST_CASE("A difference of products keeps its last bits where nearly all cancels", "", float,
                   double) {
  // (n + 1) (n - 1) - n n = -1
  const double n = std::same_as<TestType, float> ? 0x1p23 : 0x1p52;
  CHECK(detail::difference_of_products<TestType>(n + 1, n - 1, n, n) == -1);
  const Line<double> lines = detail::difference_of_products<TestType>(
      Line<double>(n + 1), Line<double>(n - 1), Line<double>(n), Line<double>(n));
  CHECK(lines.sum() == -static_cast<double>(Line<double>::size));
}

TEMPLATE_TEST_CASE("Seen from a pivot, what is left of a huge number is right to the last bits", "", float,
                   double) {
  // mu = 2^60 / 3 + 1/8, and with t = 1 and y = 2^60 / 3 rounded: y - mu = (3 y - 2^60) / 3 - 1/8.
  Pivot<TestType> pivot(0x1p60, 3);
  pivot.offset = 0.125;
  const double y = std::round(static_cast<double>(static_cast<TestType>(0x1p60 / 3)));
  const auto three_y = static_cast<Integer>(3) * static_cast<Integer>(y);
  const double expected = static_cast<double>(three_y - (static_cast<Integer>(1) << 60)) / 3 - 0.125;
  CHECK(pivot.lowered(y, 1.0) == Approx(expected).epsilon(1e-15));
  CHECK(pivot.lowered(0x1p60, 3.0) == -0.375);
  CHECK(pivot.lowered(Line<double>(y), Line<double>(1.0)).sum() ==
        Approx(expected * static_cast<double>(Line<double>::size)).epsilon(1e-14));
  CHECK(pivot);
  CHECK_FALSE(Pivot<TestType>());
}

TEST_CASE("Large numbers and step sizes together overflow in no product") {
  Pivot<double> pivot(0x1p1000, 0x1p100);
  CHECK(pivot.lowered(0x1p1000, 0x1p99) == 0x1p999);
}
