// SPDX-License-Identifier: MIT
// expect: TopK or NofM with a norm and a set or penalty that is not homogeneous, as Clip, has no exact
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/top_k.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, MaxNorm, TopK, Clip> layer;
#else
Pack<MaxNorm, TopK, NonNegative> pack;
#endif
