// SPDX-License-Identifier: MIT
// expect: BinaryCrossEntropy takes logits: leave Sigmoid out of the model that you train
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

#ifdef REFUSED
using Last = Sigmoid;
#else
using Last = ReLU;
#endif

void run(Sequential<float, Dense<>, Last>& net, Optimizer<SGD>& optimizer) {
  fit(net, Dataset{}, BinaryCrossEntropy{}, optimizer);
}
