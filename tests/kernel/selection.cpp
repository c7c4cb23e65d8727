// SPDX-License-Identifier: MIT
#include "espalier/kernel/selection.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"

using namespace espalier;

TEST_CASE("The largest stay, of equal ones the first, and blocks do not see one another") {
  std::vector<double> y{1, -2, 2, 1, 5, -6};
  std::vector<double> room(2 * y.size());
  const NoElements none;
  detail::Selection selection(none, y.data(), 6, Steps<double>{nullptr, 1}, room.data());
  selection.keep(0, 4, 1);
  CHECK(y == std::vector<double>{0, -2, 0, 0, 5, -6});
  selection.keep(4, 2, 2);
  CHECK(y == std::vector<double>{0, -2, 0, 0, 5, -6});
}

TEST_CASE("A weight that may not move stays before all others") {
  std::vector<float> y{1, 100, 2};
  const std::vector<float> t{0, 1, 1};
  std::vector<double> room(6);
  const NoElements none;
  detail::Selection(none, y.data(), 3, Steps<float>{t.data(), 1}, room.data()).keep(0, 3, 1);
  CHECK(y == std::vector<float>{1, 0, 0});
}

TEST_CASE("Numbers are counted by their bits") {
  const std::vector<float> x{0, -0.0F, 1e-45F, std::numeric_limits<float>::quiet_NaN(), 3};
  CHECK(detail::count_not_zero(x.data(), 5) == 3);
}
