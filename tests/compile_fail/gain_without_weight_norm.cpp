// SPDX-License-Identifier: MIT
// expect: Gain<...> needs a gain: add WeightNorm to the layer
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, Gain<Clip>> layer;
#else
Dense<4, 3, WeightNorm, Gain<Clip>> layer;
#endif
