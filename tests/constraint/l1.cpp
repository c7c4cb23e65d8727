// SPDX-License-Identifier: MIT
#include "espalier/constraint/l1.hpp"

#include <algorithm>
#include <limits>

#include "rows.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(ProximalPenalty<L1> && Policy<L1>);

TEMPLATE_TEST_CASE("the prox is the soft threshold, with exact zeros", "", float, double) {
  const L1 l1{.strength = 0.5};
  CHECK(l1.value(TestType(-3)) == TestType(1.5));
  CHECK(l1.value(TestType(3)) == TestType(1.5));
  CHECK(l1.prox(TestType(3), TestType(2)) == 2);
  CHECK(l1.prox(TestType(-3), TestType(2)) == -2);
  for (const double y : {-1.0, -0.5, -0.0, 0.0, 0.999, 1.0}) {
    const TestType x = l1.prox(static_cast<TestType>(y), TestType(2));
    CHECK(x == 0);
    CHECK_FALSE(std::signbit(x));
  }
}

TEST_CASE("Moreau's identity: y is the prox of the penalty plus t times that of its conjugate") {
  Rng rng{1};
  const L1 l1{.strength = 0.7};
  double worst = 0;
  for (int k = 0; k < 1000; ++k) {
    const double y = 2 * rng.normal(), t = std::exp(rng.normal());
    const double conjugate = std::clamp(y / t, -0.7, 0.7);  // the conjugate is the indicator of [-0.7, 0.7]
    worst = std::max(worst, std::abs(l1.prox(y, t) + t * conjugate - y));
  }
  CHECK(worst < 1e-14);
}

TEST_CASE("no perturbation of the prox lowers its objective") {
  Rng rng{2};
  const L1 l1{.strength = 0.7};
  int beaten = 0;
  for (int k = 0; k < 1000; ++k) {
    const double y = 2 * rng.normal(), t = std::exp(rng.normal()), x = l1.prox(y, t);
    const auto objective = [&](double at) { return (at - y) * (at - y) / (2 * t) + l1.value(at); };
    for (double step = 1; step > 1e-7; step /= 10)
      beaten += objective(x + step) < objective(x) || objective(x - step) < objective(x);
    beaten += objective(0) < objective(x) - 1e-15;
  }
  CHECK(beaten == 0);
}

TEMPLATE_TEST_CASE("without strength or without a step nothing moves", "", float, double) {
  Rng rng{3};
  for (int k = 0; k < 100; ++k) {
    const auto y = static_cast<TestType>(rng.normal());
    CHECK(L1{0}.prox(y, TestType(2)) == y);
    CHECK(L1{3}.prox(y, TestType(0)) == y);
  }
}

TEST_CASE("in the metric of the step every weight has its own threshold: strength over d") {
  const test::Numbers<double> y{3, -3, 0.2, 0.2}, d{1, 2, 4, 10};
  test::Numbers<double> t;
  for (const double x : d) t.push_back(1 / x);
  const test::Numbers<double> x = test::constrained(Pack(L1{1.0}), y, t);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double soft = std::copysign(std::max(std::abs(y[i]) - 1 / d[i], 0.0), y[i]);
    CHECK(x[i] == Catch::Approx(soft).margin(1e-16));
  }
  CHECK(x[2] == 0);
}

TEST_CASE("L1 with NonNegative is max(y - t lambda, 0), L1 with Clip the clipped soft threshold") {
  Rng rng{4};
  const test::Numbers<double> y = test::random_row<double>(500, 1, rng),
                              t = test::random_steps<double>(500, rng);
  const test::Numbers<double> with_cone = test::constrained(Pack(L1{0.3}, NonNegative{}), y, t);
  const test::Numbers<double> with_box = test::constrained(Pack(Clip{-0.2, 0.6}, L1{0.3}), y, t);
  int clip_first_differs = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double soft = L1{0.3}.prox(y[i], t[i]);
    REQUIRE(with_cone[i] == std::max(soft, 0.0));
    REQUIRE(with_cone[i] == Catch::Approx(std::max(y[i] - 0.3 * t[i], 0.0)).margin(1e-15));
    REQUIRE(with_box[i] == std::clamp(soft, -0.2, 0.6));
    clip_first_differs += L1{0.3}.prox(std::clamp(y[i], -0.2, 0.6), t[i]) != with_box[i];
  }
  CHECK(clip_first_differs > 100);
}

TEST_CASE("NaN is not repaired, and an infinite weight stays one") {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  CHECK(std::isnan(L1{1}.prox(nan, 1.0F)));
  CHECK(L1{1}.prox(-inf, 1.0F) == -inf);
}

TEST_CASE("the strength of L1 must be a number that is not negative") {
  CHECK_NOTHROW(L1{0}.validate());
  CHECK(message_of([] { L1{-1}.validate(); }) == "L1: expected strength >= 0 and finite, found -1");
  CHECK_THROWS_AS(L1{std::numeric_limits<double>::infinity()}.validate(), ValueError);
  CHECK_THROWS_AS(L1{std::numeric_limits<double>::quiet_NaN()}.validate(), ValueError);
}
