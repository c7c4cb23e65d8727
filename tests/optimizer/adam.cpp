// SPDX-License-Identifier: MIT
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(Rule<Adam> && Rule<AMSGrad>);

TEMPLATE_TEST_CASE("The first steps of Adam, computed by hand", "", float, double) {
  auto net = sequential<TestType>(Dense(1, 1, NoBias{}));
  const Adam halves{.learning_rate = 0.1, .beta1 = 0.5, .beta2 = 0.5, .epsilon = 1};
  SECTION("plain") {
    Optimizer optimizer{halves};
    CHECK(step_with(net, optimizer, 3) == Approx(-0.075));  // mhat = 3, vhat = 9
    // m = 0.75 - 0.5 = 0.25, v = 2.25 + 0.5 = 2.75, both over 1 - 0.5^2.
    CHECK(step_with(net, optimizer, -1) == Approx(-0.075 - 0.1 * (1.0 / 3) / (std::sqrt(11.0 / 3) + 1)));
  }
  SECTION("AMSGrad divides by the largest v so far") {
    Optimizer optimizer{AMSGrad{.learning_rate = 0.1, .beta1 = 0.5, .beta2 = 0.5, .epsilon = 1}};
    CHECK(step_with(net, optimizer, 3) == Approx(-0.075));  // v = 4.5
    CHECK(step_with(net, optimizer, -1) == Approx(-0.075 - 0.1 * (1.0 / 3) / (std::sqrt(6.0) + 1)));
  }
  SECTION("with its defaults the first step has the size of the rate, whatever the gradient") {
    Optimizer optimizer{Adam{}};
    const double gradient = GENERATE(1e-3, -1.0, 1e6);
    CHECK(step_with(net, optimizer, gradient) == Approx(gradient > 0 ? -1e-3 : 1e-3).epsilon(2e-5));
  }
}

TEST_CASE("Adam refuses options that make no sense") {
  CHECK_THROWS_AS(Optimizer{Adam{.learning_rate = 0}}, ValueError);
  CHECK(message_of([] { Optimizer{Adam{.beta1 = 1}}; }) == "Adam: expected 0 <= beta1 < 1, found 1");
  CHECK_THROWS_AS(Optimizer{Adam{.beta2 = 1}}, ValueError);
  CHECK_THROWS_AS(Optimizer{Adam{.epsilon = 0}}, ValueError);
  CHECK(message_of([] { Optimizer{AMSGrad{.beta1 = 1}}; }) == "AMSGrad: expected 0 <= beta1 < 1, found 1");
}
