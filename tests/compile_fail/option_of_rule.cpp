// SPDX-License-Identifier: MIT
// expect: lr
#include "espalier/optimizer/adam.hpp"

using namespace espalier;

#ifdef REFUSED
Adam rule{.lr = 1e-3};
#else
Adam rule{.learning_rate = 1e-3};
#endif
