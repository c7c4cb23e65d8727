// SPDX-License-Identifier: MIT
#include "espalier/report/memory.hpp"

#include "catch.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;

TEST_CASE("A memory plan prints as a line") {
  const Sequential net{Dense(1, 16), Tanh{}, Dense(16, 1)};
  CHECK(fmt::format("{}", memory(net, Optimizer{Adam{}}, 32)) ==
        "weights 0.2 KiB, gradients 0.2 KiB, optimizer 0.5 KiB, activations 8.2 KiB: together 9.2 KiB\n");
}

TEST_CASE("What policies keep is named where they keep anything") {
  const Sequential net{Dense(16, 16, L2ToStart{0.1})};
  CHECK(fmt::format("{}", memory(net, 1)).find("optimizer 0.0 KiB, policies 1.0 KiB, activations") !=
        std::string::npos);
}
