// SPDX-License-Identifier: MIT
// expect: an observer has a member named start, batch, epoch, finish or wants_training_loss that
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

struct Recorder {
#ifdef REFUSED
  void epoch(const auto&, BatchReport) {}
#else
  void epoch(const auto&, EpochReport) {}
#endif
  void finish(const auto&) {}
};

void run(Sequential<float, Dense<>>& net, Optimizer<SGD>& optimizer) {
  fit(net, Dataset{}, MeanSquared{}, optimizer, {}, Recorder{});
}
