// SPDX-License-Identifier: MIT
#include "espalier/optimizer/sgd.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(Rule<SGD>);

TEMPLATE_TEST_CASE("The first steps of SGD, computed by hand", "", float, double) {
  auto net = sequential<TestType>(Dense(1, 1, NoBias{}));
  SECTION("plain") {
    Optimizer optimizer{SGD{.learning_rate = 0.1}};
    CHECK(step_with(net, optimizer, 2) == Approx(-0.2));
    CHECK(step_with(net, optimizer, -1) == Approx(-0.1));
  }
  SECTION("with momentum") {
    Optimizer optimizer{SGD{.learning_rate = 0.1, .momentum = 0.9}};
    CHECK(step_with(net, optimizer, 2) == Approx(-0.2));     // m = 2
    CHECK(step_with(net, optimizer, 1) == Approx(-0.48));    // m = 1.8 + 1
    CHECK(step_with(net, optimizer, -3) == Approx(-0.432));  // m = 2.52 - 3
  }
  SECTION("with Nesterov's momentum") {
    Optimizer optimizer{SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}};
    CHECK(step_with(net, optimizer, 2) == Approx(-0.38));   // 2 + 0.9 * 2
    CHECK(step_with(net, optimizer, 1) == Approx(-0.732));  // 1 + 0.9 * 2.8
  }
  SECTION("momentum remembers gradients, not steps: a new rate acts on all of it") {
    Optimizer optimizer{SGD{.learning_rate = 0.1, .momentum = 0.9}};
    step_with(net, optimizer, 2);
    optimizer.scale_rate(10);
    CHECK(step_with(net, optimizer, 0) == Approx(-0.2 - 1.8));
  }
}

TEST_CASE("SGD refuses options that make no sense") {
  CHECK(message_of([] { Optimizer{SGD{.learning_rate = 0}}; }) ==
        "SGD: expected learning_rate > 0 and finite, also as a float, found 0");
  CHECK_THROWS_AS(Optimizer{SGD{.learning_rate = std::numeric_limits<double>::infinity()}}, ValueError);
  CHECK(message_of([] { Optimizer{SGD{.momentum = 1}}; }) == "SGD: expected 0 <= momentum < 1, found 1");
  CHECK_THROWS_AS(Optimizer{SGD{.momentum = -0.1}}, ValueError);
  CHECK(message_of([] { Optimizer{SGD{.nesterov = true}}; }) ==
        "SGD: expected momentum > 0 with nesterov, found 0");
}
