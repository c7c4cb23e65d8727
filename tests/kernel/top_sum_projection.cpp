// SPDX-License-Identifier: MIT
#include "espalier/kernel/top_sum_projection.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;

namespace {

template <Scalar S = double>
std::vector<S> projected(const std::type_identity_t<std::vector<S>>& from, Index k, double bound,
                         const std::type_identity_t<std::vector<S>>& t = {}) {
  const NoElements none;
  std::vector<S> y = from;
  std::vector<double> room(detail::top_sum_room * y.size());
  detail::TopSumProjection(none, y.data(), static_cast<Index>(y.size()),
                           Steps<S>{t.empty() ? nullptr : t.data(), 1}, k, bound, room.data())();
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

TEMPLATE_TEST_CASE("Rows far outside share the bound by their step sizes, as the metric asks", "", float,
                   double) {
  // y is c t, or a little less: no more than k weights have a part, and all of them the same, so s is 0.
  for (int power = 0; power < 100; power += 7) {
    const auto c = static_cast<TestType>(std::ldexp(3.0, power));
    const std::vector<TestType> t{5, 3, 6, 1, 2, 7},
        y{5 * c, -1, static_cast<TestType>(3 * c * (1 - 2 * detail::roundoff<TestType>)), -6 * c, 2 * c, c};
    CAPTURE(power);
    const std::vector<TestType> x = projected<TestType>(y, 4, 1.4, t);
    CHECK(static_cast<double>(x[0]) == Approx(1.0).epsilon(1e-6));
    CHECK(static_cast<double>(x[4]) == Approx(0.4).epsilon(1e-6));
    CHECK(x[3] == Approx(-1.4).epsilon(1e-6));
    CHECK((x[2] == 0 && x[5] == 0));
  }
}

TEST_CASE("A single weight keeps the bound, however far outside it is") {
  CHECK(projected({-1.67, -6.65e299}, 3, 1e-30, {8, 2}) == std::vector<double>{0, -1e-30});
  CHECK(projected({1.34e300}, 2, 1e30) == std::vector<double>{1e30});
}
