// SPDX-License-Identifier: MIT
// expect: expects another number of inputs
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

#ifdef REFUSED
Sequential net{Dense<4, 8>{}, Dropout{}, Dense<9, 2>{}};
#else
Sequential net{Dense<4, 8>{}, Dropout{}, Dense<8, 2>{}};
#endif
