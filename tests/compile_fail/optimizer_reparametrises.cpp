// SPDX-License-Identifier: MIT
// expect: a reparametrization belongs to a layer, not to an optimizer: write Dense(in, out, WeightNorm{})
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/optimizer/adam.hpp"

using namespace espalier;

#ifdef REFUSED
Adam<WeightNorm> optimizer;
#else
Adam<MaxNorm> optimizer;
#endif
