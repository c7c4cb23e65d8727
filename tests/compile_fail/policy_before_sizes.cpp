// SPDX-License-Identifier: MIT
// expect: sizes come before policies
#include "espalier/constraint/l1.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense layer(L1{1e-5}, 64, 128);
#else
Dense layer(64, 128, L1{1e-5});
#endif
