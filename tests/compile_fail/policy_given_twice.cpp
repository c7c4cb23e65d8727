// SPDX-License-Identifier: MIT
// expect: a policy is given twice: write it once, with the value that you mean
#include "espalier/constraint/l1.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, L1, L1> layer;
#else
Dense<4, 3, L1> layer;
#endif
