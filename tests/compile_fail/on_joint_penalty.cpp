// SPDX-License-Identifier: MIT
// expect: a penalty on several parameters chooses its own by their paths: write it without On, as
// ProductOfNorms{.strength = 1e-3, .pattern = "0.*"}
#include "espalier/constraint/product_of_norms.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;

#ifdef REFUSED
On on{"0.*", ProductOfNorms{1e-3}};
#else
Optimizer optimizer{Adam{}, ProductOfNorms{.strength = 1e-3, .pattern = "0.*"}};
#endif
