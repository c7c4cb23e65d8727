// SPDX-License-Identifier: MIT
// expect: LassoNet with a set or another penalty with a prox on the same weight has no exact algorithm
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/lasso_net.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, LassoNet, Clip>* hierarchy = new Dense<4, 3, LassoNet, Clip>(LassoNet{1}, Clip{-1, 1});
#else
Dense<4, 3, LassoNet> hierarchy(LassoNet{1});
#endif
