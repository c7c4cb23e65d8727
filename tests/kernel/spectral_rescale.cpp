// SPDX-License-Identifier: MIT
#include "espalier/kernel/spectral_rescale.hpp"

#include <cmath>
#include <vector>

#include "../nets.hpp"

using namespace espalier;

TEST_CASE("The divisors of a matrix of one row are its norm, those of AOL by hand") {
  std::vector<double> y{3, 4}, t(1), room(100);
  for (const int n : {1, 2, 5}) {
    detail::RescaledRows<double>{{y.data(), 1, 2, false}, n, room.data()}.divisors(t.data());
    CHECK(t[0] == Catch::Approx(5).epsilon(1e-14));
  }
  std::vector<double> two{1, 0, 1, -1}, both(2);  // Y Y' = [1 1; 1 2]
  detail::RescaledRows<double>{{two.data(), 2, 2, false}, 1, room.data()}.divisors(both.data());
  CHECK(both[0] == Catch::Approx(std::sqrt(2.0)).epsilon(1e-14));
  CHECK(both[1] == Catch::Approx(std::sqrt(3.0)).epsilon(1e-14));
  // The square is [2 3; 3 5].
  detail::RescaledRows<double>{{two.data(), 2, 2, false}, 2, room.data()}.divisors(both.data());
  CHECK(both[1] == Catch::Approx(std::pow(8, 0.25)).epsilon(1e-14));
}

TEST_CASE("The gradient of a single divisor is the direction of its row") {
  std::vector<double> y{3, 4}, t(1), dt{10}, dy{1, 0}, room(100);
  const detail::RescaledRows<double> rows{{y.data(), 1, 2, false}, 3, room.data()};
  rows.divisors(t.data());
  rows.add_gradient(t.data(), dt.data(), dy.data());
  CHECK(dy[0] == Catch::Approx(7).epsilon(1e-14));
  CHECK(dy[1] == Catch::Approx(8).epsilon(1e-14));
}

TEST_CASE("The slack grows with sizes and with the unit of roundoff of W, and is small") {
  CHECK(detail::rescale_slack(10, 10, 0) < detail::rescale_slack(20, 10, 0));
  CHECK(detail::rescale_slack(10, 100, 0) < detail::rescale_slack(10, 400, 0));
  CHECK(detail::rescale_slack(1024, 1024, 0x1p-24) < 3e-6);
  CHECK(detail::rescale_slack(1024, 1024, 0x1p-53) < 5e-11);
}
