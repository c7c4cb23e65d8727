// SPDX-License-Identifier: MIT
// expect: a penalty or decay on a weight whose scale is reparametrized away only changes the learning rate
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, UnitNormalized, WeightDecay> layer;
#else
Dense<4, 3, WeightNorm, Gain<WeightDecay>> layer;
#endif
