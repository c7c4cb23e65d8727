// SPDX-License-Identifier: MIT
// expect: On{pattern} alone does nothing: write what for, as On{pattern, MaxNorm{3}}
#include "espalier/constraint/max_norm.hpp"
#include "espalier/optimizer/on.hpp"

using namespace espalier;

#ifdef REFUSED
On on{"0.*"};
#else
On on{"0.*", MaxNorm{3}};
#endif
