// SPDX-License-Identifier: MIT
#include "espalier/core/elements.hpp"

#include "catch.hpp"

using namespace espalier;

TEST_CASE("An interval clamps to its bounds; the end of the finite numbers is none") {
  const detail::Interval<float> all, some{-1, 2}, below{std::numeric_limits<float>::lowest(), 2};
  CHECK(all.clamp(1e300) == 1e300);
  CHECK(some.clamp(3) == 2);
  CHECK(some.clamp(-3) == -1);
  CHECK(below.clamp(-1e300) == -1e300);
  CHECK(below.clamp(3) == 2);
  CHECK(some.strictly_inside(0));
  CHECK_FALSE(some.strictly_inside(2));
  CHECK(all.strictly_inside(1e300));
  CHECK(some.within({.low = 0}).low == 0);
  CHECK(detail::Interval<float>{-3, -2}.within({.low = 0}).high == 0);
}

TEST_CASE("No elements change no weight and allow all") {
  CHECK(NoElements{}.prox(3.0, 1.0) == 3);
  CHECK_FALSE(NoElements{}.interval<double>().bounded_below());
}
