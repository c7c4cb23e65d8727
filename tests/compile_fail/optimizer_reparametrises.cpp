// SPDX-License-Identifier: MIT
// expect: a reparametrization belongs to a layer, not to an optimizer: write Dense(in, out, WeightNorm{})
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;

#ifdef REFUSED
Optimizer optimizer{Adam{}, WeightNorm{}};
#else
Optimizer optimizer{Adam{}, MaxNorm{1}};
#endif
