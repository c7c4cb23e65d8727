// SPDX-License-Identifier: MIT
// expect: a policy in Scheduled has nothing that a factor scales
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/optimizer/scheduled.hpp"

using namespace espalier;

#ifdef REFUSED
using Kind = NonNegative;
#else
using Kind = L1;
#endif
Scheduled<Kind> scheduled({}, ConstantRate{});
