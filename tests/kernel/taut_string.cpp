// SPDX-License-Identifier: MIT
#include "espalier/kernel/taut_string.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;

namespace {

std::vector<double> taut(std::vector<double> x, const std::vector<double>& d, double bound) {
  const auto weight = [&](Index i) { return d[static_cast<std::size_t>(i)]; };
  std::vector<double> room(x.size() * detail::TautString<decltype(weight)>::room);
  detail::TautString(weight, bound, static_cast<Index>(x.size()), room.data()).solve(x.data());
  return x;
}

}  // namespace

TEST_CASE("The string is straight where the tube lets it, and bends at floor and ceiling") {
  CHECK(taut({0, 4, 0}, {1, 1, 1}, 1) == std::vector<double>{1, 2, 1});
  CHECK(taut({0, 6, 0}, {1, 1, 1}, 9) == std::vector<double>{2, 2, 2});
  CHECK(taut({0, 4, 0}, {1, 4, 2}, 1) == std::vector<double>{1, 3.5, 0.5});
  CHECK(taut({5, 5, 1, 1}, {1, 1, 1, 1}, 1) == std::vector<double>{4.5, 4.5, 1.5, 1.5});
}

TEST_CASE("Heavy weights at the beginning do not blur light ones behind them") {
  // Sums of 1e20 from the beginning would leave nothing of the light ones.
  const auto x = taut({7, 0, 4, 0, -7}, {1e20, 1, 1, 1, 1e20}, 1);
  CHECK(x[1] == 2);  // pulled up by the heavy one, and to the mean with the 4
  CHECK(x[2] == 2);
  CHECK(x[3] == 0);  // between those two
  CHECK(x[0] == 7);
}
