// SPDX-License-Identifier: MIT
// expect: a policy that says itself on which numbers it is, as InfinityNorm, OneNorm and Symmetric
#include "espalier/constraint/symmetric.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<3, 3, PerInput<Symmetric>>* layer = new Dense<3, 3, PerInput<Symmetric>>(PerInput{Symmetric{}});
#else
Dense<3, 3, Symmetric> layer(Symmetric{});
#endif
