// SPDX-License-Identifier: MIT
// expect: the data and the model differ in precision: write data.cast<float>() or, for a model of
#include "espalier/layer/dense.hpp"
#include "espalier/train/evaluate.hpp"

using namespace espalier;

#ifdef REFUSED
using Data = BasicDataset<double>;
#else
using Data = BasicDataset<float>;
#endif

double run(const Sequential<float, Dense<>>& net) { return accuracy(net, Data{}); }
