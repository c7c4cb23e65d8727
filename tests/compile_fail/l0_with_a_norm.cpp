// SPDX-License-Identifier: MIT
// expect: a penalty of single weights that is not convex, as L0, has no exact algorithm beside a set
#include "espalier/constraint/l0.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, L0, MaxNorm> layer;
#else
Dense<4, 3, L0> layer;
#endif
