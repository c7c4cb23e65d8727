// SPDX-License-Identifier: MIT
// expect: one of the roles listed in espalier/core/policy.hpp (const, for float and for double)
#include "espalier/layer/dense.hpp"

#include <string>

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, std::string> layer;
#else
Dense<4, 3> layer;
#endif
