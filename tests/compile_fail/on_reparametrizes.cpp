// SPDX-License-Identifier: MIT
// expect: a reparametrization belongs to a layer, not to an optimizer: write Dense(in, out, WeightNorm{})
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/optimizer/on.hpp"

using namespace espalier;

#ifdef REFUSED
On on{"0.*", WeightNorm{}};
#else
On on{"0.*", MaxNorm{3}};
#endif
