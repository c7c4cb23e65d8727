// SPDX-License-Identifier: MIT
// expect: an observer has a member named start, batch, epoch, finish or wants_training_loss that
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

struct Recorder {
  long epochs = 0;
  void epoch(const auto&, const EpochReport&) { ++epochs; }
};

void run(Sequential<float, Dense<>>& net, Optimizer<SGD>& optimizer) {
#ifdef REFUSED
  const Recorder recorder;
#else
  Recorder recorder;
#endif
  fit(net, Dataset{}, MeanSquared{}, optimizer, {}, recorder);
}
