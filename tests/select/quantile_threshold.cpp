// SPDX-License-Identifier: MIT
#include "espalier/select/quantile_threshold.hpp"

#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

BasicDataset<double> data_of(Index inputs, Index samples) {
  return {.inputs = random_matrix<double>(inputs, samples, 1),
          .targets = random_matrix<double>(1, samples, 2)};
}

}  // namespace

TEST_CASE("With one input, the threshold of a linear model is the quantile of a correlation") {
  // root(n) times a correlation without effect is normal for many samples: 1.96 is its 0.95 quantile.
  auto data = data_of(1, 400);
  data.inputs.array() -= data.inputs.mean();
  data.inputs /= data.inputs.norm() / std::sqrt(400.0);
  const auto net = sequential<double>(Dense(1, 1, L1{}));
  const double found = quantile_threshold(net, data, RootMeanSquared{}, {.draws = 4000});
  CHECK(found == Approx(1.96 / std::sqrt(400.0)).epsilon(0.05));
}

TEST_CASE("The share of responses without effect whose lambda_max is above the threshold is alpha") {
  auto data = data_of(20, 60);
  const auto net = [] {
    auto made = sequential<double>(Dense(20, 4, PerInput{GroupLasso{}}), Tanh{}, Dense(4, 1));
    initialize(made, {.seed = 1});
    return made;
  }();
  const double threshold = quantile_threshold(net, data, RootMeanSquared{}, {.alpha = 0.2, .draws = 2000});
  Rng rng{99};
  int above = 0;
  for (int k = 0; k < 500; ++k) {
    for (double& y : data.targets.reshaped()) y = 7 + 3 * rng.normal();  // of any mean and scale
    above += lambda_max(net, data, RootMeanSquared{}) > threshold;
  }
  CHECK(above / 500.0 == Approx(0.2).margin(0.06));  // 3 standard errors
}

TEST_CASE("For classes it is so with their shares") {
  auto data = data_of(6, 80);
  data.targets.resize(0, 0);
  data.labels.resize(80);
  const auto net = sequential<double>(Dense(6, 3, PerInput{GroupLasso{}}));
  Rng rng{5};
  const auto draw = [&] {
    for (int& label : data.labels) label = rng.uniform() < 0.7 ? 0 : rng.uniform() < 0.5 ? 1 : 2;
  };
  draw();
  const double threshold = quantile_threshold(net, data, CrossEntropy{}, {.alpha = 0.2, .draws = 2000});
  int above = 0;
  for (int k = 0; k < 300; ++k) {
    draw();
    above += lambda_max(net, data, CrossEntropy{}) > threshold;
  }
  CHECK(above / 300.0 == Approx(0.2).margin(0.1));
  const auto one = sequential<double>(Dense(6, 1, L1{}));
  for (int& label : data.labels) label = label > 0;
  CHECK(quantile_threshold(one, data, BinaryCrossEntropy{}) > 0);
}

TEST_CASE(
    "A model whose outputs do not change with the first layer has no threshold, unless a slope is given") {
  const auto data = data_of(5, 30);
  const auto net = sequential<double>(Dense(5, 3, PerInput{GroupLasso{}}), Tanh{}, Dense(3, 1));  // all zero
  CHECK(message_of([&] {
          quantile_threshold(net, data, RootMeanSquared{});
        }).starts_with("quantile_threshold: expected outputs that change with the first layer"));
  CHECK(quantile_threshold(net, data, RootMeanSquared{}, {.draws = 50, .slope = 1}) > 0);
  CHECK(message_of([&] { quantile_threshold(net, data, RootMeanSquared{}, {.slope = -1}); }) ==
        "quantile_threshold: expected slope >= 0 and finite, found -1");
}

TEST_CASE("The threshold depends on the seed alone, and rises as alpha falls") {
  const auto data = data_of(5, 30);
  const auto net = sequential<double>(Dense(5, 1, L1{}));
  const auto at = [&](double alpha, std::uint64_t seed) {
    return quantile_threshold(net, data, RootMeanSquared{}, {.alpha = alpha, .draws = 200, .seed = seed});
  };
  CHECK(at(0.05, 1) == at(0.05, 1));
  CHECK(at(0.05, 1) != at(0.05, 2));
  CHECK(at(0.01, 1) > at(0.05, 1));
  CHECK_THROWS_AS(at(1.5, 1), ValueError);
  CHECK_THROWS_AS(quantile_threshold(net, data, RootMeanSquared{}, {.draws = 0}), ValueError);
}
