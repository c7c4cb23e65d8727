// SPDX-License-Identifier: MIT
// expect: Every{...} is for sets and proximal penalties, which follow a step
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, Every<L2>> layer;
#else
Dense<4, 3, Every<L1>> layer;
#endif
