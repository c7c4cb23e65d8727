// SPDX-License-Identifier: MIT
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(Rule<Lion>);

TEMPLATE_TEST_CASE("The first steps of Lion, computed by hand", "", float, double) {
  auto net = sequential<TestType>(Dense(1, 1, NoBias{}));
  Optimizer optimizer{Lion{.learning_rate = 0.1}};
  CHECK(step_with(net, optimizer, 0) == 0);
  CHECK(step_with(net, optimizer, 2) == Approx(-0.1));     // sign of 0.2; m = 0.02
  CHECK(step_with(net, optimizer, -0.1) == Approx(-0.2));  // of 0.018 - 0.01; m = 0.0188
  CHECK(step_with(net, optimizer, -0.2) == Approx(-0.1));  // of 0.01692 - 0.02
}

TEST_CASE("Under a penalty Lion divides by the size of its momentum, at least by the penalty's strength") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, L1{3}));
  detail::arena(net)[0] = 1;
  Optimizer optimizer{Lion{.learning_rate = 0.1}};
  CHECK(step_with(net, optimizer, 50) == Approx(0.84));  // c = 5: 1 - 0.1 sign(5) - 3 * 0.1 / 5
  // m = 0.5 and c = 0.45 - 0.25 = 0.2 < 3: 0.84 - 0.1 * 0.2 / 3 - 3 * 0.1 / 3.
  CHECK(step_with(net, optimizer, -2.5) == Approx(0.84 - 0.02 / 3 - 0.1));
}

TEMPLATE_TEST_CASE("Sets that hold nothing back leave Lion's signs alone, bit for bit", "", float, double) {
  const auto weights = [](const auto&... policies) {
    auto net = sequential<TestType>(Dense(20, 3, NoBias{}, policies...));
    initialize(net, Rng{1});
    Optimizer optimizer{Lion{.learning_rate = 0.01}};
    random_steps(net, optimizer, 50, 2);
    return numbers_of(net);
  };
  const auto free = weights();
  CHECK(weights(Clip{-100, 100}) == free);
  CHECK(weights(MaxNorm{100}) == free);
  CHECK(weights(L1{0}) == free);
}

TEST_CASE("Lion refuses options that make no sense") {
  CHECK_THROWS_AS(Optimizer{Lion{.learning_rate = 0}}, ValueError);
  CHECK_THROWS_AS(Optimizer{Lion{.beta1 = -1}}, ValueError);
  CHECK_THROWS_AS(Optimizer{Lion{.beta2 = 1}}, ValueError);
  CHECK(message_of([] { Optimizer{Lion{.at_bound = AtBound::displacement}}; }) ==
        "Lion: expected at_bound keep, zero or tangent, found displacement");
}
