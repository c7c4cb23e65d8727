// SPDX-License-Identifier: MIT
// expect: a penalty or decay on a weight whose scale is reparametrized away only changes the learning rate:
// put it on Gain<...>, or drop the reparametrization
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, WeightNorm, L2> layer;
#else
Dense<4, 3, WeightNorm, Gain<L2>> layer;
#endif
