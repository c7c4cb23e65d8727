// SPDX-License-Identifier: MIT
// expect: the data and the model differ in precision: write data.cast<float>() or, for a model of
#include "espalier/layer/dense.hpp"
#include "espalier/train/evaluate.hpp"

using namespace espalier;

#ifdef REFUSED
using Inputs = Matrix<double>;
#else
using Inputs = Matrix<float>;
#endif

auto run(const Sequential<float, Dense<>>& net) { return predict(net, Inputs(2, 3)); }
