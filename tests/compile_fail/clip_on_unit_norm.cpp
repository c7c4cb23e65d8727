// SPDX-License-Identifier: MIT
// expect: UnitNorm with a set or penalty that is not homogeneous, as Clip, has no exact projection: write
// MaxNorm instead of UnitNorm, or NonNegative instead of Clip
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, UnitNorm, Clip> layer;
#else
Dense<4, 3, MaxNorm, Clip> layer;
#endif
