// SPDX-License-Identifier: MIT
// expect: two reparametrizations on one weight: keep one of them, as WeightNorm or UnitNormalized
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, WeightNorm, UnitNormalized> layer;
#else
Dense<4, 3, WeightNorm> layer;
#endif
