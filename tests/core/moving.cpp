// SPDX-License-Identifier: MIT
#include "espalier/core/moving.hpp"

#include "catch.hpp"

using namespace espalier;

TEST_CASE("What is moved from is as new, what is copied from stays") {
  detail::Moving<int> one;
  one = 3;
  detail::Moving<int> copy = one;
  CHECK(one.value == 3);
  detail::Moving<int> moved = std::move(one);
  CHECK(moved.value == 3);
  CHECK(one.value == 0);
  one = std::move(copy);
  CHECK(one.value == 3);
  CHECK(copy.value == 0);
}
