// SPDX-License-Identifier: MIT
// expect: Grid with another set of single weights that is no cone, as Clip
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/grid.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, Clip, Grid> layer;
#else
Dense<4, 3, L1, Grid> layer;
#endif
