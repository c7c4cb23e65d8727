// SPDX-License-Identifier: MIT
#include "espalier/kernel/concave_group_prox.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

/// p'(s) = 1 - s up to 1.
std::vector<double> moved(std::vector<double> y, std::vector<double> t) {
  const NoElements none;
  detail::ConcaveGroupProx<1, double, NoElements>(none, y.data(), static_cast<Index>(y.size()), {t.data(), 1},
                                                  {{{1, 1, 1}}},
                                                  0.5)([](double s) { return s < 1 ? s - s * s / 2 : 0.5; });
  return y;
}

}  // namespace

TEST_CASE("Of the shrunk point and the one that stays the better one is taken, where both are there") {
  // One long step and one short one: q(s) = s / norm(x(s)) reaches 1 at s = 0.19 and falls below 1 again, as
  // the long weight goes over to its y. The two points are equally good at about y = 2.51.
  const auto cost = [](const std::vector<double>& x, double y) {
    const double s = detail::norm(x.data(), 2);
    return (x[0] - y) * (x[0] - y) / 20 + (x[1] - 0.3) * (x[1] - 0.3) / 0.2 + (s < 1 ? s - s * s / 2 : 0.5);
  };
  int shrunk = 0, kept = 0;
  for (double y = 1.5; y < 4; y += 0.05) {
    const std::vector<double> x = moved({y, 0.3}, {10, 0.1});
    const bool stays = x == std::vector<double>{y, 0.3};
    ++(stays ? kept : shrunk);
    // Against a grid of the plane.
    double best = 1e9;
    for (double a = 0; a < 4; a += 0.01)
      for (double b = 0; b < 0.4; b += 0.01) best = std::min(best, cost({a, b}, y));
    CHECK(cost(x, y) <= best);
    CHECK((kept == 0 || stays));  // once it stays, it stays
  }
  CHECK(shrunk > 5);
  CHECK(kept > 5);
}

TEST_CASE("What is not a number stays so, and no numbers are none") {
  CHECK(std::isnan(moved({NAN, 1}, {1, 1})[0]));
  CHECK(moved({}, {}).empty());
}
