// SPDX-License-Identifier: MIT
// expect: a layer lacks the members of the contract in espalier/layer/layer.hpp: forward and backward
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"

#include <string>

using namespace espalier;

#ifdef REFUSED
Sequential net{Dense(4, 3), std::string{}};
#else
Sequential net{Dense(4, 3)};
#endif
