// SPDX-License-Identifier: MIT
// expect: policies on rows, on columns (PerInput), on blocks (PerBlock) or on all of one weight (Whole) have
// no exact joint algorithm
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, MaxNorm, PerInput<GroupLasso>> layer{{1}, {{0.1}}};
#else
Dense<4, 3, PerInput<MaxNorm>, PerInput<GroupLasso>> layer{{{1}}, {{0.1}}};
#endif
