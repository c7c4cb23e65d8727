// SPDX-License-Identifier: MIT
// expect: the branches of Concat see the same inputs
#include "espalier/layer/concat.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Concat branches{Dense<8, 4>{}, Dense<6, 4>{}};
#else
Concat branches{Dense<8, 4>{}, Dense<8, 6>{}};
#endif
