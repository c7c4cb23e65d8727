// SPDX-License-Identifier: MIT
#include "espalier/optimizer/lion.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;
using Catch::Approx;

TEMPLATE_TEST_CASE("The first steps of Lion, computed by hand", "", float, double) {
  auto net = sequential<TestType>(Dense(1, 1, NoBias{}));
  Lion optimizer{{.learning_rate = 0.1}};
  CHECK(step_with(net, optimizer, 0) == 0);
  CHECK(step_with(net, optimizer, 2) == Approx(-0.1));     // sign of 0.2; m = 0.02
  CHECK(step_with(net, optimizer, -0.1) == Approx(-0.2));  // of 0.018 - 0.01; m = 0.0188
  CHECK(step_with(net, optimizer, -0.2) == Approx(-0.1));  // of 0.01692 - 0.02
}

TEST_CASE("Lion's step size for penalties is its rate") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, L1{3}));
  net.values()[0] = 1;
  Lion optimizer{{.learning_rate = 0.1}};
  CHECK(step_with(net, optimizer, 50) == Approx(1 - 0.1 - 0.3));
}

TEST_CASE("Lion refuses options that make no sense") {
  CHECK_THROWS_AS(Lion{{.learning_rate = 0}}, ValueError);
  CHECK_THROWS_AS(Lion{{.beta1 = -1}}, ValueError);
  CHECK_THROWS_AS(Lion{{.beta2 = 1}}, ValueError);
  CHECK(message_of([] { Lion{{.at_bound = AtBound::displacement}}; }) ==
        "Lion: expected at_bound keep, zero or tangent, found displacement");
}
