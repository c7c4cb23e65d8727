// SPDX-License-Identifier: MIT
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(Rule<Adagrad>);

TEMPLATE_TEST_CASE("The first steps of Adagrad, computed by hand", "", float, double) {
  auto net = sequential<TestType>(Dense(1, 1, NoBias{}));
  Optimizer optimizer{Adagrad{.learning_rate = 0.1, .epsilon = 1}};
  CHECK(step_with(net, optimizer, 3) == Approx(-0.075));                        // 3 / (3 + 1)
  CHECK(step_with(net, optimizer, -4) == Approx(-0.075 + 0.4 / 6));             // -4 / (5 + 1)
  CHECK(step_with(net, optimizer, 12) == Approx(-0.075 + 0.4 / 6 - 1.2 / 14));  // 12 / (13 + 1)
}

TEST_CASE("Adagrad refuses options that make no sense") {
  CHECK_THROWS_AS(Optimizer{Adagrad{.learning_rate = -1}}, ValueError);
  CHECK(message_of([] { Optimizer{Adagrad{.epsilon = -1}}; }) ==
        "Adagrad: expected epsilon > 0 and finite, also as a float, found -1");
}
