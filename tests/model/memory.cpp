// SPDX-License-Identifier: MIT
#include "espalier/model/memory.hpp"

#include "../nets.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

TEST_CASE("Adam has four numbers for each weight, and a batch its activations") {
  // 16 weights and 16 biases, then 16 weights and a bias: cache lines of 16 floats.
  const Sequential net{Dense(1, 16), Tanh{}, Dense(16, 1)};
  const MemoryPlan plan = memory(net, Optimizer{Adam{}}, 32);
  CHECK(plan.weights == 4 * 64);
  CHECK(plan.gradients == plan.weights);
  CHECK(plan.optimizer == 2 * plan.weights);
  CHECK(plan.activations == 4 * (16 * 32 + 16 * 32 + 2 * 16 * 32 +
                                 2 * 32));  // between layers, two gradients of it, outputs with theirs
  CHECK(plan.total() == plan.weights + plan.gradients + plan.optimizer + plan.activations);
  CHECK(memory(net, Optimizer{SGD{}}, 32).optimizer == 0);
  CHECK(memory(net, 1).activations < memory(net, 32).activations);
}

TEST_CASE("What policies keep of weights is counted") {
  CHECK(memory(Sequential{Dense(16, 16)}, 1).policies == 0);
  const Sequential net{Dense(16, 16, Mask{1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, L2ToStart{0.1})};
  CHECK(memory(net, 1).policies == 2 * 256 * 4);
  CHECK(memory(net, 1).total() == 2 * memory(net, 1).weights + 2048 + memory(net, 1).activations);
}
