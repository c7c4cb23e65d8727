// SPDX-License-Identifier: MIT
// expect: a penalty or decay on a weight whose scale is reparametrized away only changes the learning rate
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, WeightNorm, L1> layer;
#else
Dense<4, 3, WeightNorm, Gain<L1>> layer;
#endif
