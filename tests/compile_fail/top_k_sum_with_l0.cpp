// SPDX-License-Identifier: MIT
// expect: TopKSum with a penalty that is not homogeneous has no exact projection
#include "espalier/constraint/l0.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/top_k_sum.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, L0, TopKSum> layer;
#else
Dense<4, 3, L1, TopKSum> layer;
#endif
