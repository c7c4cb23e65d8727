// SPDX-License-Identifier: MIT
// What fit refuses because of its data: tests/train/fit.cpp too, which looks at whole runs.
#include "espalier/train/fit_data.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

namespace {

auto small_net() {
  Sequential net(Dense(2, 2));
  initialize(net, Rng{1});
  return net;
}

}  // namespace

TEST_CASE("Without validation a run trains on the data themselves, not on a copy") {
  const Dataset data = two_halves(10);
  const detail::FitData<float> parts({small_net(), CrossEntropy{}}, data, {});
  CHECK(&parts.training() == &data);
  CHECK(parts.validation() == nullptr);
}

TEST_CASE("Validation data of one's own are taken as they are") {
  const Dataset data = two_halves(10), other = two_halves(5, 2);
  const detail::FitData<float> parts({small_net(), CrossEntropy{}}, data, {.validation_data = &other});
  CHECK(&parts.training() == &data);
  CHECK(parts.validation() == &other);
}

TEST_CASE("A share of the data is held out as split holds it out, by the seed") {
  const Dataset data = two_halves(10);
  const auto parts_of = [&](std::uint64_t seed) {
    const detail::FitData<float> parts({small_net(), CrossEntropy{}}, data,
                                       {.validation = 0.3, .seed = seed});
    return std::pair(parts.training(), *parts.validation());
  };
  const auto [training, validation] = parts_of(4);
  CHECK(training.samples() == 7);
  CHECK(validation.samples() == 3);
  CHECK(validation.inputs == data.split(0.7, Rng(4, 1)).second.inputs);
  CHECK(validation.inputs != parts_of(5).second.inputs);
}

TEST_CASE("A last batch that is too small for a batch normalization is refused before the run") {
  Sequential net(Residual(Dense(2, 2), BatchNorm(2)), Concat(Dense(2, 1), Chain(Dense(2, 1), BatchNorm(1))));
  initialize(net, {.seed = 1});
  CHECK(net.least_samples() == 2);
  const Dataset data = two_halves(33);
  const auto message = [&](const FitOptions& options) {
    return message_of([&] { detail::FitData<float>({net, CrossEntropy{}}, data, options); });
  };
  CHECK(message({.batch = 32}) ==
        "fit: expected a batch size that leaves at least 2 samples in the last batch, as BatchNorm needs, "
        "found 32: 33 samples, the last batch of 1");
  CHECK(message({.batch = 1}).ends_with("found 1: 33 samples, the last batch of 1"));
  CHECK(message({.batch = 10, .validation = 0.06}).ends_with("found 10: 31 samples, the last batch of 1"));
  detail::FitData<float>({net, CrossEntropy{}}, data, {.batch = 31});
  detail::FitData<float>({net, CrossEntropy{}}, data, {.batch = 33});
  detail::FitData<float>({net, CrossEntropy{}}, data, {.batch = 100});
  detail::FitData<float>({small_net(), CrossEntropy{}}, data, {.batch = 32});
  CHECK(sequential<float>(BatchNorm(2, {.per = 4})).least_samples() == 1);  // four numbers a sample
}

TEST_CASE("Data the wrong way round are told") {
  Dataset data = two_halves(5);
  const auto message = [&] {
    return message_of([&] { detail::FitData<float>({small_net(), CrossEntropy{}}, data, {}); });
  };
  data.inputs.transposeInPlace();
  CHECK(message() ==
        "labels: expected 2 entries to fit the inputs (a sample is a column: transpose it), found 5");
  data.labels = {0, 1};
  CHECK(message() ==
        "fit: expected data of 2 features, the inputs of the model (a sample is a column: transpose it), "
        "found 5");
  data = two_halves(5);
  data.labels.clear();
  data.targets = Matrix<float>::Zero(5, 2);
  CHECK(message() ==
        "targets: expected 5 entries to fit the inputs (a sample is a column: transpose it), found 2");
}

TEST_CASE("A model of which nothing is trained is refused") {
  auto net = Sequential(Dense(2, 2));
  initialize(net, {.seed = 1});
  freeze(net, "*");
  CHECK(message_of([&] { fit(net, two_halves(8), CrossEntropy{}, SGD{}, {.epochs = 1}); }) ==
        "fit: expected a parameter that is trained, found none: all are frozen");
  unfreeze(net, "0.bias");
  CHECK_NOTHROW(fit(net, two_halves(8), CrossEntropy{}, SGD{}, {.epochs = 1}));
}

TEST_CASE("Weights that are all zero are refused where nothing would move them") {
  detail::check_initialized(Sequential(Dense(2, 2)).parameters());  // a linear model trains from zero
  CHECK_THROWS_AS(detail::check_initialized(Sequential(Dense(2, 2), Dense(2, 2)).parameters()), ValueError);
  CHECK(message_of([] { detail::check_initialized(Sequential(Dense(2, 2, WeightNorm{})).parameters()); }) ==
        "0.weight: expected weights from initialize() or assign(), found all zero");
  auto net = Sequential(Dense(2, 2), Dense(2, 2));
  assign(net, "0.weight", Matrix<float>{{0, 0}, {0, 1e-30F}});
  detail::check_initialized(net.parameters());
}
