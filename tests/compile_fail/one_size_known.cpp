// SPDX-License-Identifier: MIT
// expect: Dense<in, out> knows both sizes at compile time or none: write Dense(in, out)
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

#ifdef REFUSED
Sequential net{Dense<4, Dynamic>(4, 2)};
#else
Sequential net{Dense<4, 2>{}};
#endif
