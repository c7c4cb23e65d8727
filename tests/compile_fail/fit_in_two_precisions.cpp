// SPDX-License-Identifier: MIT
// expect: the data and the model differ in precision: write data.cast<float>() or, for a model of
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

#ifdef REFUSED
using Data = BasicDataset<float>;
#else
using Data = BasicDataset<double>;
#endif

void run(Sequential<double, Dense<>>& net, Optimizer<SGD>& optimizer) {
  fit(net, Data{}, MeanSquared{}, optimizer);
}
