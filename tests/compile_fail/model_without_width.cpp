// SPDX-License-Identifier: MIT
// expect: a model needs at least one layer with a width, a Dense for example
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

#ifdef REFUSED
Sequential net{Dropout{}};
#else
Sequential net{Dropout{}, Dense(4, 3)};
#endif
