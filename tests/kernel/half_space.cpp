// SPDX-License-Identifier: MIT
#include "espalier/kernel/half_space.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;

TEST_CASE("A row outside goes to y - mu a t, where mu is the excess over a' diag(t) a") {
  const std::vector<double> a{2, -1, 0};
  std::vector<double> row{3, 1, 7}, t{1, 2, 4};
  const NoElements none;
  // a'y = 5, a' diag(t) a = 6: mu = 0.5 for the bound 2.
  detail::HalfSpaceProjection<double, NoElements>(none, a.data(), row.data(), 3, {t.data(), 1}, 2)();
  CHECK(row == std::vector<double>{2, 2, 7});
}

TEST_CASE("Without step sizes that say what is near, all are alike") {
  const std::vector<double> a{1, 1};
  std::vector<double> row{3, 1}, t{0, 0};
  const NoElements none;
  detail::HalfSpaceProjection<double, NoElements>(none, a.data(), row.data(), 2, {t.data(), 1}, 2)();
  CHECK(row == std::vector<double>{2, 0});
}
