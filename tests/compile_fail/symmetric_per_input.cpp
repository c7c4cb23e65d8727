// SPDX-License-Identifier: MIT
// expect: of a policy that looks at all of a weight, as Symmetric: write it without PerInput
#include "espalier/constraint/symmetric.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<3, 3, PerInput<Symmetric>>* layer = new Dense<3, 3, PerInput<Symmetric>>(PerInput{Symmetric{}});
#else
Dense<3, 3, Symmetric> layer(Symmetric{});
#endif
