// SPDX-License-Identifier: MIT
#include "espalier/constraint/interval_weight.hpp"

#include <cmath>
#include <limits>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;

static_assert(ElementMap<IntervalWeight> && Policy<IntervalWeight>);

TEMPLATE_TEST_CASE("Every weight is in the interval, without tolerance, and rises with what is stored", "",
                   float, double) {
  Rng rng{1};
  for (const IntervalWeight map :
       {IntervalWeight{0.1, 0.7}, IntervalWeight{-3, -1e-3}, IntervalWeight{-1e30, 1e30}}) {
    for (int trial = 0; trial < 500; ++trial) {
      const auto theta = static_cast<TestType>(std::pow(10, rng.uniform(-3, 4)) * (trial % 2 ? 1 : -1));
      const double w = static_cast<double>(map.weight(theta));
      REQUIRE((w >= map.lo && w <= map.hi));
      REQUIRE(map.weight(theta + std::abs(theta)) >= map.weight(theta));
    }
    CHECK(static_cast<double>(map.weight(std::numeric_limits<TestType>::infinity())) <= map.hi);
  }
  CHECK(IntervalWeight{-1, 3}.weight(TestType(0)) == 1);
  CHECK(std::isnan(IntervalWeight{}.weight(std::numeric_limits<TestType>::quiet_NaN())));
}

TEMPLATE_TEST_CASE("What is inside comes back; bounds and what is outside are given by nothing", "", float,
                   double) {
  const IntervalWeight map{-0.5, 2};
  const double u = std::numeric_limits<TestType>::epsilon();
  Rng rng{2};
  for (int trial = 0; trial < 500; ++trial) {
    const auto w = static_cast<TestType>(rng.uniform(-0.499, 1.999));
    REQUIRE(static_cast<double>(std::abs(map.weight(map.parameter(w)) - w)) <= 8 * u);
  }
  for (const TestType w :
       {TestType(-0.5), TestType(2), TestType(3), std::numeric_limits<TestType>::quiet_NaN()})
    CHECK(std::isnan(map.parameter(w)));
  CHECK(static_cast<double>(map.weight(map.start(TestType(9)))) == Catch::Approx(2 - 2.5 / 64));
  CHECK(static_cast<double>(map.weight(map.start(TestType(1)))) == Catch::Approx(1));
}

TEST_CASE("Its gradient is that of central differences") {
  const IntervalWeight map{-0.5, 2};
  for (const double theta : {-20.0, -3.0, -0.1, 0.0, 0.2, 5.0, 12.0}) {
    const double h = 1e-5;
    CHECK(map.pull_back(theta, 3.0) ==
          Catch::Approx(3 * (map.weight(theta + h) - map.weight(theta - h)) / (2 * h))
              .epsilon(1e-6)
              .margin(1e-9));
  }
  CHECK((map.pull_back(-800.0, 1.0) == 0 && map.pull_back(800.0, 1.0) == 0));
}

TEST_CASE("A net under it is inside from the start and through training") {
  auto net = sequential<float>(Dense(5, 4, IntervalWeight{0.2, 0.4}));
  const auto inside = [&] {
    const Matrix<double> w = effective_weight(net, "0.weight").cast<double>();
    return w.minCoeff() >= 0.2 && w.maxCoeff() <= 0.4;
  };
  initialize(net, {.seed = 1});
  CHECK(inside());
  Optimizer optimizer{Adam{.learning_rate = 3}};
  random_steps(net, optimizer, 30, 2);
  CHECK(inside());
}

TEST_CASE("Intervals that make no sense are refused") {
  for (const IntervalWeight map :
       {IntervalWeight{1, 1}, IntervalWeight{2, 1}, IntervalWeight{0.1, 0.1 + 1e-12},
        IntervalWeight{0, std::numeric_limits<double>::infinity()}, IntervalWeight{std::nan(""), 1}})
    CHECK_THROWS_AS(map.validate(), ValueError);
}
