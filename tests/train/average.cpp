// SPDX-License-Identifier: MIT
#include "espalier/train/average.hpp"

#include <bit>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/batch_norm.hpp"
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

TEST_CASE("WeightAverage is the mean of the weights after each epoch from a given one on") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  WeightAverage average{.from = 2};
  for (const double w : {100.0, 1.0, 3.0, -1.0}) {
    detail::arena(net)[0] = w;
    average.epoch(net, {.epoch = w == 100 ? 1 : 2});
  }
  CHECK(average.state.count == 3);
  CHECK(average.averaged(net).values()[0] == 1);
  CHECK(message_of([&] { WeightAverage{.from = 0}.add(net); }) ==
        "WeightAverage: expected from >= 1, epochs are counted from 1, found 0");
  CHECK_THROWS_AS(WeightAverage{}.averaged(net), ShapeError);
}

TEST_CASE("Its result is in the sets, and a run that goes on from its state has the same one") {
  const auto train = [](long epochs, long more) {
    auto net = Sequential(Dense(2, 40, MaxNorm{1}), Dense(40, 2, UnitNorm{}));
    initialize(net, {.seed = 1});
    WeightAverage average{.from = 3};
    Optimizer optimizer{Adam{.learning_rate = 0.05}};
    TrainState state;
    for (const long until : {epochs, epochs + more})
      fit(net, two_halves(100), CrossEntropy{}, optimizer, {.epochs = until, .state = &state}, average);
    CHECK(average.state.count == 4);
    CHECK_FALSE(average.averaged(net) == net);
    CHECK(feasible(average.averaged(net)));
    return average.averaged(net);
  };
  CHECK(train(6, 0) == train(4, 2));
}

TEMPLATE_TEST_CASE("Frozen entries keep their bits in every average, the sign of a zero too", "",
                   ExponentialAverage, WeightAverage) {
  // A mask of entries that stay: 0.1F has no short double, and -0.0F a sign.
  Matrix<double> mask(2, 3);
  mask << 1, 0, 1, 0, 1, 0;
  auto net = Sequential(Dense(3, 2, Frozen{mask}, WeightDecay{0.1}), Dense(2, 2, WeightDecay{0.1}));
  Matrix<float> weight(2, 3), other(2, 2);
  weight << 0.1F, 2, -0.0F, 3, 1e-40F, 4;
  other << -0.0F, 0.3F, 1.1F, -2;
  assign(net, "0.weight", weight), assign(net, "1.weight", other);
  freeze(net, "1.*");
  TestType average;
  Dataset data;
  data.inputs = random_matrix<float>(3, 50, 1);
  data.labels = two_halves(50).labels;
  fit(net, data, CrossEntropy{}, Adam{.learning_rate = 0.05}, {.epochs = 3}, average);
  const auto averaged = average.averaged(net);
  const auto bits = [](float x) { return std::bit_cast<std::uint32_t>(x); };
  const Matrix<float> found = parameter(averaged, "0.weight"), frozen = parameter(averaged, "1.weight");
  int held = 0;
  for (Index j = 0; j < 2; ++j)
    for (Index i = 0; i < 3; ++i) {
      if (bits(parameter(net, "0.weight")(j, i)) != bits(weight(j, i))) continue;
      ++held;
      CHECK(bits(found(j, i)) == bits(weight(j, i)));
    }
  CHECK(held == 3);
  for (Index i = 0; i < 4; ++i) CHECK(bits(frozen(i)) == bits(other(i)));
}

TEST_CASE(
    "Forward passes of training give BatchNorm of an averaged model its running means and move no weight") {
  auto net = Sequential(Dense(2, 6), BatchNorm(6), Dense(6, 2));
  initialize(net, {.seed = 1});
  WeightAverage average;
  const Dataset data = two_halves(120);
  fit(net, data, CrossEntropy{}, Adam{.learning_rate = 0.1}, {.epochs = 4, .batch = 20}, average);
  auto smooth = average.averaged(net);
  const auto before = smooth;
  const Matrix<float> inputs =
      (parameter(before, "0.weight") * data.inputs).colwise() + Eigen::VectorXf(parameter(before, "0.bias"));
  Matrix<float> expected = parameter(before, "1.running_mean");
  for (Index k = 0; k < 60; ++k) {
    const Index first = 20 * (k % 6);
    smooth.forward(data.inputs.middleCols(first, 20).eval());
    expected = 0.9F * expected + 0.1F * inputs.middleCols(first, 20).rowwise().mean();
  }
  CHECK((parameter(smooth, "1.running_mean") - expected).norm() < 1e-5F);
  CHECK((parameter(before, "1.running_mean") - expected).norm() > 0.01F);
  for (const char* path : {"0.weight", "0.bias", "1.weight", "1.bias", "2.weight"})
    CHECK(parameter(smooth, path) == parameter(before, path));
}
