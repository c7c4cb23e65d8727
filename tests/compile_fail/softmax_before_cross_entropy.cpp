// SPDX-License-Identifier: MIT
// expect: CrossEntropy takes logits: leave Softmax out of the model that you train
#include "espalier/layer/dense.hpp"
#include "espalier/layer/softmax.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

#ifdef REFUSED
using Last = Softmax;
#else
using Last = ReLU;
#endif

void run(Sequential<float, Dense<>, Last>& net, Optimizer<SGD>& optimizer) {
  fit(net, Dataset{}, CrossEntropy{}, optimizer);
}
