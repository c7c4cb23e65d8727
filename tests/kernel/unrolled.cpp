// SPDX-License-Identifier: MIT
#include "espalier/kernel/unrolled.hpp"

#include <array>

#include "catch.hpp"

using namespace espalier;

TEST_CASE("Every index is a constant and comes once, in order") {
  std::array<Index, 5> seen{};
  Index calls = 0;
  detail::unrolled<5>([&](auto i) {
    constexpr Index constant = i;
    seen[constant] = calls++;
  });
  CHECK(calls == 5);
  CHECK(seen == std::array<Index, 5>{0, 1, 2, 3, 4});
  detail::unrolled<0>([&](auto) { ++calls; });
  CHECK(calls == 5);
}
