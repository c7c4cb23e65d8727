// SPDX-License-Identifier: MIT
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(Rule<RMSProp>);

TEMPLATE_TEST_CASE("The first steps of RMSProp, computed by hand", "", float, double) {
  auto net = sequential<TestType>(Dense(1, 1, NoBias{}));
  SECTION("plain") {
    Optimizer optimizer{RMSProp{.learning_rate = 0.1, .smoothing = 0.75, .epsilon = 2}};
    CHECK(step_with(net, optimizer, 4) == Approx(-0.1));    // v = 4: 4 / (2 + 2)
    CHECK(step_with(net, optimizer, -2) == Approx(-0.05));  // v = 3 + 1: -2 / (2 + 2)
  }
  SECTION("with momentum, which sums up quotients") {
    Optimizer optimizer{RMSProp{.learning_rate = 0.1, .smoothing = 0.75, .epsilon = 2, .momentum = 0.5}};
    CHECK(step_with(net, optimizer, 4) == Approx(-0.1));   // m = 1
    CHECK(step_with(net, optimizer, 2) == Approx(-0.2));   // m = 0.5 + 0.5
    CHECK(step_with(net, optimizer, 0) == Approx(-0.25));  // m = 0.5
  }
  SECTION("centered, by the variance") {
    Optimizer optimizer{RMSProp{.learning_rate = 0.1, .smoothing = 0.5, .epsilon = 2, .centered = true}};
    CHECK(step_with(net, optimizer, 4) == Approx(-0.1));  // v = 8, mean 2: 4 / (sqrt(8 - 4) + 2)
  }
}

TEST_CASE("RMSProp refuses options that make no sense") {
  CHECK_THROWS_AS(Optimizer{RMSProp{.learning_rate = 0}}, ValueError);
  CHECK_THROWS_AS(Optimizer{RMSProp{.smoothing = 1}}, ValueError);
  CHECK(message_of([] { Optimizer{RMSProp{.epsilon = 0}}; }) ==
        "RMSProp: expected epsilon > 0 and finite, also as a float, found 0");
  CHECK_THROWS_AS(Optimizer{RMSProp{.momentum = 1}}, ValueError);
}
