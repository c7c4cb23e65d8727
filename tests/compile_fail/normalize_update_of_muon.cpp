// SPDX-License-Identifier: MIT
// expect: the steps of a rule that sees matrices, as Muon, have a given norm already
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/muon.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;

#ifdef REFUSED
Optimizer optimizer{Muon{}, NormalizeUpdate{}};
#else
Optimizer optimizer{Adam{}, NormalizeUpdate{}};
#endif
