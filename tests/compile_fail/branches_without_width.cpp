// SPDX-License-Identifier: MIT
// expect: Concat needs at least one branch with a width
#include "espalier/layer/activation.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Concat branches_of_no_width{Tanh{}, Identity{}};
#else
Concat branches_of_no_width{Tanh{}, Identity{}, Dense(4, 2)};
#endif
