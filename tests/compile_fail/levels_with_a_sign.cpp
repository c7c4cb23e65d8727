// SPDX-License-Identifier: MIT
// expect: Levels with another set of single weights: write the levels that are in both
#include "espalier/constraint/grid.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, NonNegative, Levels> layer;
#else
Dense<4, 3, Mask, Levels> layer;
#endif
