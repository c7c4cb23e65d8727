// SPDX-License-Identifier: MIT
#include "espalier/constraint/grid.hpp"

#include <algorithm>
#include <limits>

#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/quantized.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/testing/projection_check.hpp"
#include "nets.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(ElementSet<Grid> && ElementSet<Levels> && Policy<Grid> && Policy<Levels>);

TEMPLATE_TEST_CASE("The projection is the level that a Quantized weight has, at every scale", "", float,
                   double) {
  Rng rng{1};
  for (const double s : {1e-30, 1.0, 1e30}) {
    const Grid grid{.step = 0.3 * s, .lo = -0.7 * s, .hi = 1.3 * s};
    const Quantized map{.step = 0.3 * s, .lo = -0.7 * s, .hi = 1.3 * s};
    const Levels levels{0, 2 * s, -0.25 * s, -s};
    const QuantizedTo listed{0, 2 * s, -0.25 * s, -s};
    const Numbers<TestType> y = test::random_row<TestType>(300, s, rng);
    const Numbers<TestType> on_grid = constrained(Pack(grid), y), on_levels = constrained(Pack(levels), y);
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(on_grid[i] == map.weight(y[i]));
      CHECK(on_levels[i] == listed.weight(y[i]));
    }
    CHECK(projection_check<TestType>(grid, Rng{2}, {.scale = s}).holds());
    CHECK(projection_check<TestType>(levels, Rng{2}, {.scale = s, .uneven_steps = true}).holds());
  }
  CHECK(
      projection_check<TestType>(Grid{.step = 1e-3, .lo = -3e4, .hi = 3e4}, Rng{3}, {.scale = 1e4}).holds());
  CHECK(std::isnan(
      constrained(Pack(Grid{}), Numbers<TestType>{std::numeric_limits<TestType>::quiet_NaN()})[0]));
  CHECK_FALSE(Grid{}.contains(std::numeric_limits<TestType>::quiet_NaN()));
}

TEST_CASE("Beside cones the levels hold, and what is on them stays") {
  const Grid grid{.step = 0.3, .lo = -0.7, .hi = 1.3};
  CHECK(projection_check<float>(Pack(grid, NonNegative{}), Rng{2}).holds());
  CHECK(projection_check<float>(Pack(Levels{-1, 0, 0.5}, Mask{1, 0, 1, 1, 0}), Rng{2}).holds());
}

TEST_CASE("With L1 and a cone it is the best level in the metric, by trying them all") {
  Rng rng{4};
  const Grid grid{.step = 0.25, .lo = -1, .hi = 1};
  const auto try_all = [&](const auto& pack, double least) {
    const Numbers<double> y = test::random_row<double>(400, 1, rng), t = test::random_steps<double>(400, rng);
    const Numbers<double> x = constrained(pack, y, t);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto objective = [&](double w) {
        return (w - y[i]) * (w - y[i]) / (2 * t[i]) + 0.2 * std::abs(w);
      };
      REQUIRE(grid.contains(x[i]));
      for (double w = least; w <= 1; w += 0.25) REQUIRE(objective(x[i]) <= objective(w) + 1e-15);
    }
  };
  try_all(Pack(grid, L1{0.2}), -1);
  try_all(Pack(NonNegative{}, L1{0.2}, grid), 0);
}

TEST_CASE("In place, steps of less than half a level move nothing: Quantized adds them up") {
  auto frozen = sequential<double>(Dense(1, 1, NoBias{}, Grid{.step = 0.25}));
  auto trained = sequential<double>(Dense(1, 1, NoBias{}, Quantized{.step = 0.25}));
  const auto train = [](auto& net) {
    assign(net, "0.weight", Matrix<double>{{1}});
    Optimizer optimizer{SGD{.learning_rate = 0.1}};
    for (int k = 0; k < 20; ++k) {
      net.gradients()[0] = 1;
      optimizer.step(net);
      CHECK(feasible(net));
    }
    return effective_weight(net, "0.weight")(0);
  };
  CHECK(train(frozen) == 1);
  CHECK(train(trained) == -1);
}

TEST_CASE("Frozen weights stay on their levels, and masks need a level at zero") {
  auto net = sequential<float>(Dense(2, 1, NoBias{}, Grid{.step = 0.5}, Frozen{1, 0}));
  assign(net, "0.weight", Matrix<float>{{0.5F, 0.3F}});
  CHECK(parameter(net, "0.weight") == Matrix<float>{{0.5F, 0.5F}});
  CHECK_THROWS_AS(assign(net, "0.weight", Matrix<float>{{0.3F, 0.3F}}), ValueError);
  CHECK_THROWS_AS(sequential<float>(Dense(2, 1, Levels{-1, 1}, Mask{1, 0})), ValueError);
  CHECK_THROWS_AS(Dense(2, 1, Grid{.step = 1, .lo = -3, .hi = -1}, NonNegative{}), ValueError);
}

TEST_CASE("Levels that make no sense are refused") {
  CHECK(message_of([] { Grid{.step = 0.5, .lo = 0.1, .hi = 0.4}.validate(); }) ==
        "Grid: expected a multiple of step from lo to hi, which are finite, found step = 0.5, lo = 0.1, hi = "
        "0.4");
  CHECK(message_of([] { Levels{}.validate(); }) == "Levels: expected at least one level, found none");
}
