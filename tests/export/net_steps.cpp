// SPDX-License-Identifier: MIT
#include "espalier/export/net_steps.hpp"

#include "catch.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/residual.hpp"

using namespace espalier;

TEST_CASE("steps know their layer, activations their name and number, averages their variances") {
  Sequential net{Dense(2, 3), BatchNorm(3, {.epsilon = 0.25}), Residual{Dense(3, 3), LeakyReLU{0.5}}};
  initialize(net, {.seed = 1});
  const detail::CodeSteps steps = detail::net_steps(net, {});
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].path == "0");
  CHECK(steps[1].path == "1");
  CHECK(steps[1].variance == std::vector<double>{1, 1, 1});
  CHECK(steps[1].epsilon == 0.25);
  CHECK(steps[2].path == "2");
  REQUIRE(steps[2].branches.size() == 1);
  REQUIRE(steps[2].branches[0].size() == 2);
  CHECK(steps[2].branches[0][0].path == "2.body.0");
  CHECK(steps[2].branches[0][1].path == "2.body.1");
  CHECK(steps[2].branches[0][1].activation == "LeakyReLU");
  CHECK(steps[2].branches[0][1].option == 0.5);
}
