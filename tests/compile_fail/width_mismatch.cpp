// SPDX-License-Identifier: MIT
// expect: expects another number of inputs
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

#ifdef REFUSED
Sequential net{Dense<64, 128>{}, Dense<64, 10>{}};
#else
Sequential net{Dense<64, 128>{}, Dense<128, 10>{}};
#endif
