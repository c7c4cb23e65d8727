// SPDX-License-Identifier: MIT
#include "espalier/pack/norm_rescale.hpp"

#include "rows.hpp"

#include "catch.hpp"

using namespace espalier;

TEST_CASE("A row is scaled by powers of two to about a size that is far from its own") {
  double x[] = {3e300, -4e300, 0};
  detail::scale_to_size(x, 3, 1e-300);
  CHECK(x[1] / x[0] == Catch::Approx(-4.0 / 3).epsilon(1e-15));
  CHECK(std::ilogb(x[1]) == std::ilogb(1e-300));
  double near[] = {3, 4};
  detail::scale_to_size(near, 2, 1);
  CHECK(near[1] == 4);
}

TEMPLATE_TEST_CASE("Numbers at an end of the interval stay, the others make the norm", "", float, double) {
  const std::tuple policies(Clip{-1, 1}, MaxNorm{1.25});
  const detail::Elements<true, Clip, MaxNorm> elements{policies};
  TestType y[] = {9, -9, 9}, x[] = {1, TestType(-0.7), TestType(0.4)};
  const detail::NormProblem problem(elements, y, x, 3, detail::Steps<TestType>{nullptr, 1}, 1.25);
  detail::NormRescale<false, TestType, detail::Elements<true, Clip, MaxNorm>>{problem}();
  CHECK(x[0] == 1);
  CHECK(static_cast<double>(x[1] / x[2]) == Catch::Approx(-1.75).epsilon(4 * detail::roundoff<TestType>));
  CHECK(detail::norm_holds(x, 3, 1.25, false));
  CHECK(detail::norm(x, 3) == Catch::Approx(1.25).epsilon(3 * detail::roundoff<TestType>));
}

TEMPLATE_TEST_CASE("A row that is a few roundings too short is made as long as it must be, and hardly longer",
                   "", float, double) {
  Rng rng{4};
  for (int trial = 0; trial < 200; ++trial) {
    auto x = test::random_row<TestType>(1 + rng.below(20), 1, rng);
    const auto n = static_cast<Index>(x.size());
    const double least = detail::norm(x.data(), n) * (1 + 2 * detail::roundoff<TestType>);
    detail::lengthen(x.data(), n, least);
    CHECK(detail::compare_norm_exactly(x.data(), n, least) >= 0);
    CHECK(detail::norm(x.data(), n) <= least * (1 + 8 * detail::roundoff<TestType>));
  }
}

TEST_CASE("A huge row becomes the nearest one in a ball, and none that is shorter") {
  for (const double size : {1e130, 1.0, 1e-30})
    for (const double mantissa : {1.01, 1.3, 1.9, 2.7}) {
      const auto x = test::projected(Pack(MaxNorm{1.5 * size}),
                                     test::Numbers<double>{3e280 * mantissa, -4e280 * mantissa});
      CHECK(x[0] / size == Catch::Approx(0.9).epsilon(1e-14));
      CHECK(x[1] / size == Catch::Approx(-1.2).epsilon(1e-14));
    }
}
