// SPDX-License-Identifier: MIT
// expect: TopK or NofM with a penalty with a prox that is not homogeneous has no exact projection
#include "espalier/constraint/l0.hpp"
#include "espalier/constraint/top_k.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, L0, TopK> layer;
#else
Dense<4, 3, TopK> layer;
#endif
