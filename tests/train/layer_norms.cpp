// SPDX-License-Identifier: MIT
#include "espalier/train/layer_norms.hpp"

#include "espalier/layer/dense.hpp"
#include "nets.hpp"

using namespace espalier;

TEST_CASE("the norms of weights and gradients are recorded by parameter and epoch") {
  Sequential net{Dense(2, 1)};
  Matrix<float> weight(1, 2);
  weight << 3, 4;
  assign(net, 1, "weight", weight);
  net.gradients()[0] = 5;
  net.gradients()[1] = 12;
  LayerNorms norms;
  EpochReport report;
  report.epoch = 7;
  norms.epoch(net, report);
  REQUIRE(norms.records.size() == 2);
  CHECK(norms.records[0].epoch == 7);
  CHECK(norms.records[0].parameter == "layer 1 weight");
  CHECK(norms.records[0].weight == 5);
  CHECK(norms.records[0].gradient == 13);
  CHECK(norms.records[1].weight == 0);
}
