// SPDX-License-Identifier: MIT
#include "espalier/train/average.hpp"

#include "../nets.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

TEST_CASE("The average follows its recurrence from the first weights on") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  ExponentialAverage average{.decay = 0.75};
  for (const double w : {1.0, 3.0, -1.0}) {
    detail::arena(net)[0] = w;
    average.add(net);
  }
  CHECK(average.averaged(net).values()[0] == 0.75 * (0.75 * 1 + 0.25 * 3) + 0.25 * -1);
}

TEST_CASE("Averaged weights are in their sets") {
  auto net = Sequential(Dense(2, 40, MaxNorm{1}), Dense(40, 2, UnitNorm{}));
  initialize(net, {.seed = 1});
  ExponentialAverage average{.decay = 0.9};
  fit(net, two_halves(200), CrossEntropy{}, Adam{.learning_rate = 0.05}, {.epochs = 5}, average);
  const auto averaged = average.averaged(net);
  CHECK(feasible(averaged));
  CHECK_FALSE(averaged == net);
}

TEST_CASE("Frozen weights keep their bits under decay, momentum and averages") {
  auto net = Sequential(Dense(2, 8, WeightDecay{0.1}), Dense(8, 2, WeightDecay{0.1}));
  initialize(net, {.seed = 1});
  freeze(net, "0.*");
  const Matrix<float> weight = parameter(net, "0.weight"), other = parameter(net, "1.weight");
  ExponentialAverage average{.decay = 0.9};
  fit(net, two_halves(200), CrossEntropy{}, Adam{.learning_rate = 0.05}, {.epochs = 3}, average);
  CHECK(parameter(net, "0.weight") == weight);
  CHECK(parameter(average.averaged(net), "0.weight") == weight);
  CHECK(parameter(net, "1.weight") != other);
}

TEST_CASE("An average of another model is refused") {
  auto net = Sequential(Dense(2, 3)), larger = Sequential(Dense(20, 3));
  ExponentialAverage average;
  CHECK_THROWS_AS(average.averaged(net), ShapeError);
  average.add(net);
  CHECK_THROWS_AS(average.add(larger), ShapeError);
  CHECK_THROWS_AS(ExponentialAverage{.decay = 1}.add(net), ValueError);
}

TEST_CASE("An average of doubles keeps their digits") {
  auto net = sequential<double>(Dense(3, 2));
  initialize(net, {.seed = 1});
  ExponentialAverage average;
  average.add(net);
  CHECK(average.averaged(net) == net);
}

TEST_CASE("Every run begins a new average; one that goes on from its state does not") {
  const Dataset data = two_halves(40);
  const auto train = [&](auto& net, auto& optimizer, ExponentialAverage& average, long epochs,
                         TrainState& state) {
    fit(net, data, CrossEntropy{}, optimizer, {.epochs = epochs, .state = &state}, average);
  };
  auto net = Sequential(Dense(2, 2)), other = Sequential(Dense(2, 2));
  initialize(net, {.seed = 1});
  initialize(other, {.seed = 2});
  Optimizer optimizer{Adam{}}, second{Adam{}};
  ExponentialAverage used, halves;
  TrainState first_state, other_state, fresh_state;
  train(net, optimizer, used, 2, first_state);
  auto copy = other;
  auto copied = second;
  train(other, second, used, 4, other_state);
  train(copy, copied, halves, 2, fresh_state);
  train(copy, copied, halves, 4, fresh_state);
  CHECK(used.state.averages == halves.state.averages);
}
