// SPDX-License-Identifier: MIT
// expect: the matrix and the model differ in precision: write matrix.cast<float>() or, for a model of
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

#ifdef REFUSED
using Numbers = Matrix<double>;
#else
using Numbers = Matrix<float>;
#endif

void run(Sequential<float, Dense<>>& net) { assign(net, "0.weight", Numbers(2, 3)); }
