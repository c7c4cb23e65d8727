// SPDX-License-Identifier: MIT
// expect: Grid with a policy of vectors has no exact projection
#include "espalier/constraint/grid.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, Grid, MaxNorm> layer;
#else
Dense<4, 3, Grid, NonNegative> layer;
#endif
