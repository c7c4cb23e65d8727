// SPDX-License-Identifier: MIT
// expect: two norm constraints on one group: keep either UnitNorm or MaxNorm, a row has one norm
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, UnitNorm, MaxNorm> layer;
#else
Dense<4, 3, MaxNorm> layer;
#endif
