// SPDX-License-Identifier: MIT
// expect: a reparametrization with a set on the same weight: say on what, Gain<...> for the lengths, or drop
// one of the two
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, WeightNorm, MaxNorm> layer;
#else
Dense<4, 3, WeightNorm, Gain<Clip>> layer;
#endif
