// SPDX-License-Identifier: MIT
#include "espalier/train/early_stopping.hpp"

#include "espalier/layer/dense.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

TEST_CASE("early stopping waits for patience epochs and restores the best weights") {
  Sequential net{Dense(1, 1, NoBias{})};
  EarlyStopping stopping{{.patience = 2}};
  stopping.start({});
  const std::vector<double> losses{3, 1, 2, 2};
  std::vector<bool> going;
  for (std::size_t k = 0; k < losses.size(); ++k) {
    net.values()[0] = static_cast<float>(k + 1);
    EpochReport report;
    report.epoch = static_cast<long>(k + 1);
    report.loss = 100 - losses[k];  // validation is what counts
    report.validation_loss = losses[k];
    going.push_back(stopping.epoch(net, report));
  }
  CHECK(going == std::vector<bool>{true, true, true, false});
  CHECK(stopping.best_epoch() == 2);
  CHECK(stopping.best_loss() == 1);
  stopping.finish(net);
  CHECK(net.values()[0] == 2.0F);
}

TEST_CASE("an improvement smaller than min_delta is none, and nonsense is refused") {
  Sequential net{Dense(1, 1)};
  EarlyStopping stopping{{.patience = 1, .min_delta = 0.5}};
  stopping.start({});
  EpochReport report;
  report.epoch = 1, report.loss = 2;
  CHECK(stopping.epoch(net, report));
  report.epoch = 2, report.loss = 1.6;
  CHECK_FALSE(stopping.epoch(net, report));
  CHECK(message_of([] { EarlyStopping bad{{.patience = 0}}; }).find("patience >= 1") != std::string::npos);
}
