// SPDX-License-Identifier: MIT
// expect: PerInput{...} and Whole{...} are for policies that look at vectors, as MaxNorm
#include "espalier/constraint/l1.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, PerInput<L1>> layer;
#else
Dense<4, 3, L1> layer;
#endif
