// SPDX-License-Identifier: MIT
// expect: Isotonic with a policy that knows the place of each weight, as Mask or Frozen, has no exact
// projection
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, Isotonic, Mask>* layer = new Dense<4, 3, Isotonic, Mask>(Isotonic{}, Mask{1, 0, 1, 1});
#else
Dense<4, 3, Mask> layer(Mask{1, 0, 1, 1});
#endif
