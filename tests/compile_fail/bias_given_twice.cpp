// SPDX-License-Identifier: MIT
// expect: Bias<...> or Gain<...> is given twice: write all its policies into one
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, Bias<Clip>, Bias<L2>> layer;
#else
Dense<4, 3, Bias<Clip, L2>> layer;
#endif
