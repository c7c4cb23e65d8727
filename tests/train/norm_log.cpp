// SPDX-License-Identifier: MIT
#include "espalier/train/norm_log.hpp"

#include "../nets.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;
using Catch::Approx;

TEST_CASE("The norms of every parameter and its gradient are recorded in each epoch") {
  auto net = Sequential(Dense(2, 3, L2{0.1}), Tanh{}, Dense(3, 2));
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{}, ClipNorm{0.01}};
  NormLog norms;
  fit(net, two_halves(10), CrossEntropy{}, optimizer, {.epochs = 2}, norms);
  REQUIRE(norms.records.size() == 8);
  CHECK(norms.records[0].epoch == 1);
  CHECK(norms.records[4].epoch == 2);
  CHECK(norms.records[5].parameter == "0.bias");
  CHECK(norms.records[6].parameter == "2.weight");
  CHECK(norms.records[6].weight == Approx(parameter(net, "2.weight").norm()));
  double squares = 0;
  for (std::size_t k = 4; k < 8; ++k) squares += norms.records[k].gradient * norms.records[k].gradient;
  CHECK(std::sqrt(squares) == Approx(0.01).epsilon(1e-5));  // of the last step, as the optimizer used them
}
