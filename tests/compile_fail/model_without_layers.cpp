// SPDX-License-Identifier: MIT
// expect: a model needs at least one layer: write Sequential net{Dense(4, 2)}, or sequential<double>(Dense(4,
// 2)) for
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

#ifdef REFUSED
Sequential<float> net;
#else
Sequential<float, Dense<4, 3>> net{Dense<4, 3>{}};
#endif
