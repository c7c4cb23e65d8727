// SPDX-License-Identifier: MIT
#include "espalier/kernel/levels.hpp"

#include "catch.hpp"

using namespace espalier;

TEST_CASE("Halves go away from zero on a grid, and up in a list") {
  const detail::GridLevels grid{.step = 0.5, .lo = -1, .hi = 1.2};
  CHECK((grid.nearest(0.25) == 0.5 && grid.nearest(-0.25) == -0.5 && grid.nearest(0.2499) == 0));
  CHECK((grid.nearest(7.0F) == 1 && grid.nearest(-7.0F) == -1));
  const detail::ListedLevels list({0.5, -0.5, 3});
  CHECK((list.nearest(0.0) == 0.5 && list.nearest(-0.001) == -0.5 && list.nearest(1.74) == 0.5));
  CHECK(list.rising() == std::vector<double>{-0.5, 0.5, 3});
  CHECK((std::isnan(grid.nearest(std::nan(""))) && std::isnan(list.nearest(std::nan("")))));
}

TEST_CASE("Towards zero no level is beyond the number, and a level is its own") {
  const detail::GridLevels grid{.step = 0.1, .lo = -1, .hi = 1.2};
  CHECK((grid.toward_zero(0.29) == 2 * 0.1 && grid.toward_zero(-0.29) == -2 * 0.1));
  CHECK((grid.toward_zero(0.099) == 0 && grid.toward_zero(-7.0) == -10 * 0.1));
  CHECK((grid.toward_zero(0.3F) == 0.3F && grid.toward_zero(std::nextafter(0.3F, 0.0F)) == 0.2F));
  CHECK(grid.toward_zero(3 * 0.1) == 3 * 0.1);  // above 0.3, which is between the levels
  CHECK(grid.toward_zero(0.3) == 2 * 0.1);
  CHECK(std::isnan(grid.toward_zero(std::nan(""))));
}
