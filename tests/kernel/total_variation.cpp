// SPDX-License-Identifier: MIT
#include "espalier/kernel/total_variation.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;

namespace {

std::vector<double> moved(std::vector<double> x, const std::vector<double>& d, double bound) {
  const auto weight = [&](Index i) { return d[static_cast<std::size_t>(i)]; };
  std::vector<double> room(x.size() * detail::TotalVariationProx<decltype(weight)>::room);
  detail::TotalVariationProx(weight, bound, static_cast<Index>(x.size()), room.data()).solve(x.data());
  return x;
}

}  // namespace

TEST_CASE("Numbers are drawn together by the bound over their weights, and those that meet are equal") {
  CHECK(moved({0, 4, 0}, {1, 1, 1}, 1) == std::vector<double>{1, 2, 1});
  CHECK(moved({0, 6, 0}, {1, 1, 1}, 9) == std::vector<double>{2, 2, 2});
  CHECK(moved({0, 4, 0}, {1, 4, 2}, 1) == std::vector<double>{1, 3.5, 0.5});
  CHECK(moved({5, 5, 1, 1}, {1, 1, 1, 1}, 1) == std::vector<double>{4.5, 4.5, 1.5, 1.5});
}

TEST_CASE("Heavy weights at the beginning do not blur light ones behind them") {
  const auto x = moved({7, 0, 4, 0, -7}, {1e20, 1, 1, 1, 1e20}, 1);
  CHECK(x[1] == 2);  // pulled up by the heavy one, and to the mean with the 4
  CHECK(x[2] == 2);
  CHECK(x[3] == 0);  // between those two
  CHECK(x[0] == 7);
}

TEST_CASE("Light numbers go to a heavy neighbor, exactly") {
  // 0.2 and -0.3 are pulled to 0 from both sides, with far more than they weigh.
  const auto x = moved({-0.17, 0, 0.2, -0.3, 0.31}, {1e-12, 1e29, 1e-4, 3e-3, 3e6}, 1);
  CHECK(std::abs(x[1]) < 1e-28);
  CHECK((x[0] == x[1] && x[2] == x[1] && x[3] == x[1]));
  CHECK(x[4] == Catch::Approx(0.31 - 1 / 3e6).epsilon(1e-15));
}

TEST_CASE("Under a bound that is far larger than all else, all are the mean") {
  CHECK(moved({1, 2, 6, 7}, {1, 1, 1, 1}, 1e12) == std::vector<double>{4, 4, 4, 4});
  for (const double x : moved({1, 2, 6, 7}, {1e-4, 2e-4, 1e-4, 1e-4}, 1e12))
    CHECK(x == Catch::Approx(3.6).epsilon(1e-15));
}
