// SPDX-License-Identifier: MIT
// What fit refuses because of its data: tests/train/fit.cpp too, which looks at whole runs.
#include "espalier/train/fit_data.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"

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
  const detail::FitData<float> parts(small_net(), data, CrossEntropy{}, {});
  CHECK(&parts.training() == &data);
  CHECK(parts.validation() == nullptr);
}

TEST_CASE("Validation data of one's own are taken as they are") {
  const Dataset data = two_halves(10), other = two_halves(5, 2);
  const detail::FitData<float> parts(small_net(), data, CrossEntropy{}, {.validation_data = &other});
  CHECK(&parts.training() == &data);
  CHECK(parts.validation() == &other);
}

TEST_CASE("A share of the data is held out as split holds it out, by the seed") {
  const Dataset data = two_halves(10);
  const auto parts_of = [&](std::uint64_t seed) {
    const detail::FitData<float> parts(small_net(), data, CrossEntropy{}, {.validation = 0.3, .seed = seed});
    return std::pair(parts.training(), *parts.validation());
  };
  const auto [training, validation] = parts_of(4);
  CHECK(training.samples() == 7);
  CHECK(validation.samples() == 3);
  CHECK(validation.inputs == data.split(0.7, Rng(4, 1)).second.inputs);
  CHECK(validation.inputs != parts_of(5).second.inputs);
}

TEST_CASE("Weights that are all zero are refused where nothing would move them") {
  detail::check_initialized(Sequential(Dense(2, 2)));  // a linear model trains from zero
  CHECK_THROWS_AS(detail::check_initialized(Sequential(Dense(2, 2), Dense(2, 2))), ValueError);
  CHECK(message_of([] { detail::check_initialized(Sequential(Dense(2, 2, WeightNorm{}))); }) ==
        "0.weight: expected weights from initialize() or assign(), found all zero");
  auto net = Sequential(Dense(2, 2), Dense(2, 2));
  assign(net, "0.weight", Matrix<float>{{0, 0}, {0, 1e-30F}});
  detail::check_initialized(net);
}
