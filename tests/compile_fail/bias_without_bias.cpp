// SPDX-License-Identifier: MIT
// expect: Bias<...> needs a bias: remove NoBias from the layer
#include "espalier/constraint/clip.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, NoBias, Bias<Clip>> layer;
#else
Dense<4, 3, Bias<Clip>> layer;
#endif
