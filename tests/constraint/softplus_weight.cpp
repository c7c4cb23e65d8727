// SPDX-License-Identifier: MIT
#include "espalier/constraint/softplus_weight.hpp"

#include <cmath>
#include <limits>

#include "central_difference.hpp"
#include "espalier/core/flush.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(ElementMap<SoftplusWeight> && Policy<SoftplusWeight>);

TEMPLATE_TEST_CASE("What is stored gives a positive weight back, as exactly as it can be stored", "", float,
                   double) {
  const SoftplusWeight map;
  Rng rng{1};
  for (int trial = 0; trial < 2000; ++trial) {
    const auto w = static_cast<TestType>(std::pow(10, rng.uniform(-30, 30)));
    const double u = std::numeric_limits<TestType>::epsilon() / 2,
                 lost = std::abs(std::log(static_cast<double>(w)));
    const double back = static_cast<double>(map.weight(map.parameter(w)));
    REQUIRE(std::abs(back / static_cast<double>(w) - 1) <= (lost + 2) * u);
  }
  CHECK(map.weight(TestType(0)) == static_cast<TestType>(std::log(2.0L)));
  for (const TestType w : {TestType(0), TestType(-1), std::numeric_limits<TestType>::quiet_NaN()})
    CHECK(std::isnan(map.parameter(w)));
  CHECK(map.parameter(std::numeric_limits<TestType>::max()) == std::numeric_limits<TestType>::max());
}

TEST_CASE("Its gradient is that of central differences") {
  const SoftplusWeight map;
  for (const double theta : {-30.0, -3.0, -0.1, 0.0, 0.2, 5.0, 40.0}) {
    const double h = 1e-5, slope = (map.weight(theta + h) - map.weight(theta - h)) / (2 * h);
    CHECK(map.pull_back(theta, 3.0) == Catch::Approx(3 * slope).epsilon(1e-6));
  }
  CHECK(map.pull_back(-800.0, 1.0) == 0);
  CHECK(map.pull_back(800.0, 1.0) == 1);
}

TEST_CASE("A net under it has positive weights from the start, through training and after assign") {
  auto net = sequential<double>(Dense(5, 4, SoftplusWeight{}));
  const auto positive = [&] { return (effective_weight(net, "0.weight").array() > 0).all(); };
  initialize(net, {.seed = 1});
  CHECK(positive());
  Optimizer optimizer{Adam{.learning_rate = 0.3}};
  random_steps(net, optimizer, 30, 2);
  CHECK(positive());
  const Matrix<double> w = random_matrix<double>(4, 5, 3).cwiseAbs();
  assign(net, "0.weight", w);
  CHECK((effective_weight(net, "0.weight") - w).norm() <= 1e-15 * w.norm());
  const auto before = net;
  CHECK(message_of([&] { assign(net, "0.weight", Matrix<double>(-w)); }) ==
        "0.weight: expected weights that SoftplusWeight can give, found others");
  CHECK(net == before);
}

TEMPLATE_TEST_CASE("Weights are positive however far below zero what is stored goes, in steps too", "", float,
                   double) {
  const detail::FlushDenormals flush;
  for (const double theta : {-80.0, -100.0, -700.0, -745.0, -1e30}) {
    const TestType w = SoftplusWeight{}.weight(static_cast<TestType>(theta));
    CHECK(w > 0);
    CHECK(std::isnormal(w));
  }
}
