// SPDX-License-Identifier: MIT
#include "espalier/kernel/top_sum_projection.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;

namespace {

std::vector<double> projected(std::vector<double> y, Index k, double bound,
                              const std::vector<double>& t = {}) {
  const NoElements none;
  std::vector<double> room(detail::top_sum_room * y.size());
  detail::TopSumProjection(none, y.data(), static_cast<Index>(y.size()),
                           Steps<double>{t.empty() ? nullptr : t.data(), 1}, k, bound, room.data())();
  return y;
}

}  // namespace

TEST_CASE("The largest come down together, or all to one level, and the signs do not see one another") {
  // With mu = 2 the first comes down to 3, and the others, which take at most half of mu, to zero.
  CHECK(projected({5, 1, 0.5}, 2, 3) == std::vector<double>{3, 0, 0});
  CHECK(projected({5, 4, 0.5}, 2, 6) == std::vector<double>{3.5, 2.5, 0.5});
  // 3 - mu, and two at s, with s = 2 - mu / 2 each: 3 - mu + 2 - mu / 2 = 2 gives mu = 2, s = 1.
  CHECK(projected({3, 2, 2}, 2, 2) == std::vector<double>{1, 1, 1});
  CHECK(projected({3, 3, 3, -9, 0}, 2, 2) == std::vector<double>{1, 1, 1, -2, 0});
  // 3 - mu and s have the sum 2, and (3 - s) / (4 mu) + (3 - s) / (2 mu) = 1: mu = 12 / 7.
  const std::vector<double> x = projected({3, 3, 3, 0.5}, 2, 2, {1, 4, 2, 1});
  CHECK(x[0] == Approx(9.0 / 7).epsilon(1e-14));
  CHECK((x[1] == Approx(5.0 / 7).epsilon(1e-14) && x[2] == x[1] && x[3] == 0.5));
}
