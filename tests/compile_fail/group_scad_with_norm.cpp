// SPDX-License-Identifier: MIT
// expect: with a bound on the norm has no exact algorithm
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/group_scad.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, GroupScad, MaxNorm>* layer = new Dense<4, 3, GroupScad, MaxNorm>(GroupScad{1}, MaxNorm{1});
#else
Dense<4, 3, GroupLasso, MaxNorm> layer(GroupLasso{1}, MaxNorm{1});
#endif
