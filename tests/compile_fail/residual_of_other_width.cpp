// SPDX-License-Identifier: MIT
// expect: the last must have as many outputs as the first has inputs
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/residual.hpp"

using namespace espalier;

#ifdef REFUSED
Residual block{Dense<8, 4>{}, ReLU{}, Dense<4, 6>{}};
#else
Residual block{Dense<8, 4>{}, ReLU{}, Dense<4, 8>{}};
#endif
