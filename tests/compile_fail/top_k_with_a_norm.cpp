// SPDX-License-Identifier: MIT
// expect: TopK or NofM with a norm, as MaxNorm, has no exact projection in the metric of the step
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/top_k.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, MaxNorm, TopK> layer;
#else
Dense<4, 3, L1, TopK> layer;
#endif
