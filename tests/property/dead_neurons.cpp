// SPDX-License-Identifier: MIT
// A2: L1 under Adam leaves neurons alive, at every size of batch.
#include "../nets.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/data/csv.hpp"
#include "espalier/init/initializer.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

TEST_CASE("A2: of 128 neurons under L1 hardly any dies in three epochs of Adam, whatever the batch") {
  const Dataset digits = read_csv("examples/data/digits.csv", {.label = "last"});
  const Index batch = GENERATE(32, 4);
  Sequential net{Dense(64, 128, L1{1e-3}), ReLU{}, Dense(128, 10)};
  initialize(net, Rng{42});
  Optimizer optimizer{Adam{.learning_rate = 1e-3}};
  fit(net, digits, CrossEntropy{}, optimizer, {.epochs = 3, .batch = batch});
  CAPTURE(batch);
  CHECK(audit(net).parameters[0].dead_rows <= 10);
  CHECK(accuracy(net, digits) > 0.8);
}

TEST_CASE("A2: a weight of 0.9 that had no gradient goes toward 0 by steps of the rate") {
  auto net = sequential<double>(Dense(2, 1, NoBias{}, L1{1e-5}));
  detail::arena(net)[0] = detail::arena(net)[1] = 0.9;
  net.gradients()[0] = 1;
  Optimizer optimizer{Adam{.learning_rate = 1e-3}};
  optimizer.step(net);
  // Thresholds: 1e-5 * 1e-3 / 1 of the first, 1e-5 * 1e-3 / max(1e-8, 1e-5) of the second.
  CHECK(net.values()[0] == Catch::Approx(0.9 - 1e-3 - 1e-8).epsilon(1e-10));
  CHECK(net.values()[1] == Catch::Approx(0.9 - 1e-3).epsilon(1e-12));
}
