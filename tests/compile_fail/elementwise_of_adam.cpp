// SPDX-License-Identifier: MIT
// expect: Elementwise is for a rule that sees matrices, as Muon
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/muon.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;

#ifdef REFUSED
Optimizer optimizer{Adam{}, On{"0.weight", Elementwise{}}};
#else
Optimizer optimizer{Muon{}, On{"0.weight", Elementwise{}}};
#endif
