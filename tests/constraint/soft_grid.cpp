// SPDX-License-Identifier: MIT
#include "espalier/constraint/soft_grid.hpp"

#include <cmath>
#include <limits>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/policies.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

static_assert(ElementMap<SoftGrid> && Policy<SoftGrid>);

TEMPLATE_TEST_CASE("Between two levels it is the clipped line through their middle, found by looking at all",
                   "", float, double) {
  Rng rng{1};
  for (int trial = 0; trial < 2000; ++trial) {
    const SoftGrid grid{.step = 0.25, .lo = -0.75, .hi = 1, .s = rng.uniform(0.05, 1)};
    const auto u = static_cast<TestType>(rng.uniform(-1.5, 1.5));
    double expected = u < 0 ? -0.75 : 1;  // beyond all levels
    for (int k = -3; k < 4; ++k) {
      const double q = k * 0.25, r = q + 0.25, x = static_cast<double>(u);
      if (x >= q && x <= r) expected = std::clamp((q + r) / 2 + (x - (q + r) / 2) / grid.s, q, r);
    }
    REQUIRE(static_cast<double>(grid.weight(u)) ==
            Catch::Approx(expected).margin(std::is_same_v<TestType, float> ? 1e-6 : 1e-14));
  }
  CHECK(std::isnan(SoftGrid{}.weight(std::numeric_limits<TestType>::quiet_NaN())));
}

TEMPLATE_TEST_CASE("At s = 1 it is what is stored, at s = 0 the grid, bit for bit", "", float, double) {
  Rng rng{2};
  const SoftGrid soft{.step = 0.1, .lo = -0.5, .hi = 0.3, .s = 1},
      hard{.step = 0.1, .lo = -0.5, .hi = 0.3, .s = 0};
  const Quantized grid{.step = 0.1, .lo = -0.5, .hi = 0.3};
  for (int trial = 0; trial < 1000; ++trial) {
    const auto u = static_cast<TestType>(rng.uniform(-1, 1));
    REQUIRE(hard.weight(u) == grid.weight(u));
    if (std::abs(u + TestType(0.1)) < TestType(0.35))
      REQUIRE(static_cast<double>(std::abs(soft.weight(u) - u)) <=
              2 * std::numeric_limits<TestType>::epsilon());
    // The outermost levels and their neighbors hold without tolerance.
    REQUIRE((soft.weight(u) >= grid.weight(TestType(-1)) && soft.weight(u) <= grid.weight(TestType(1))));
  }
  for (const double level : {-0.5, -0.25, 0.05, 0.3}) {
    const auto u = static_cast<TestType>(level);
    CHECK(hard.weight(u) == grid.weight(u));
  }
  CHECK((soft.pull_back(TestType(0.31), TestType(3)) == 3 &&
         soft.pull_back(TestType(0.31), TestType(-3)) == 0));
}

TEST_CASE("edit_policy hardens the weight that the layer multiplies by") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, SoftGrid{.step = 0.5, .lo = -1, .hi = 1, .s = 1}));
  assign(net, "0.weight", Matrix<double>{{0.3}});
  const Matrix<double> one{{1}};
  const auto output = [&] { return net.forward(one)(0); };
  CHECK(output() == Catch::Approx(0.3).epsilon(1e-15));
  edit_policy<SoftGrid>(net, "0.weight", [](SoftGrid& grid) { grid.s = 0.5; });
  CHECK(output() == Catch::Approx(0.35).epsilon(1e-15));
  CHECK(effective_weight(net, "0.weight")(0) == output());
  edit_policy<SoftGrid>(net, "0.weight", [](SoftGrid& grid) { grid.s = 0; });
  CHECK(output() == 0.5);
  CHECK(parameter(net, "0.weight")(0) == 0.3);
  auto copy = net;
  CHECK(copy.forward(one)(0) == 0.5);
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  net.backward(one, one);
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == Catch::Approx(0.2));
  CHECK(output() == 0);
  CHECK(message_of([&] { edit_policy<SoftGrid>(net, "0.weight", [](SoftGrid& grid) { grid.s = 2; }); }) ==
        "0.weight: SoftGrid: expected s from 0 to 1, found 2");
}
