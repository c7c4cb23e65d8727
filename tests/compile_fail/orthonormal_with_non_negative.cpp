// SPDX-License-Identifier: MIT
// expect: a policy of singular values, as SpectralBall, has no exact algorithm together with
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/orthonormal.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, Orthonormal, NonNegative> layer;
#else
Dense<4, 3, Orthonormal, L2> layer;
#endif
