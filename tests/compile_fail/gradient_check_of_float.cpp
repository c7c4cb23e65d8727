// SPDX-License-Identifier: MIT
// expect: gradient_check needs double: build the model with sequential<double>(...)
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/testing/gradient_check.hpp"

using namespace espalier;

#ifdef REFUSED
using S = float;
#else
using S = double;
#endif

auto run(const Sequential<S, Dense<>>& net, const Matrix<S>& x) {
  return gradient_check(net, MeanSquared{}, x, x);
}
