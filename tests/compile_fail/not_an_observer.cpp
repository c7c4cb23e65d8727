// SPDX-License-Identifier: MIT
// expect: an observer has none of the members listed in espalier/train/observer.hpp: give it at least one
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

struct Recorder {
#ifndef REFUSED
  void start(const Plan&) {}
#endif
};

void run(Sequential<float, Dense<>>& net, Optimizer<SGD>& optimizer) {
  fit(net, Dataset{}, MeanSquared{}, optimizer, {}, Recorder{});
}
