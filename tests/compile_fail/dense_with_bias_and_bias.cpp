// SPDX-License-Identifier: MIT
// expect: DenseWithBias has its bias in the weight: policies on the bias alone are for Dense
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense_with_bias.hpp"

using namespace espalier;

#ifdef REFUSED
DenseWithBias<Bias<MaxNorm>>* layer = new DenseWithBias(3, 2, Bias{MaxNorm{1}});
#else
DenseWithBias<MaxNorm>* layer = new DenseWithBias(3, 2, MaxNorm{1});
#endif
