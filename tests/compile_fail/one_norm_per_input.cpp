// SPDX-License-Identifier: MIT
// expect: a policy that says itself on which numbers it is, as InfinityNorm, OneNorm and Symmetric
#include "espalier/constraint/induced_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, PerInput<OneNorm>> layer;
#else
Dense<4, 3, OneNorm> layer;
#endif
