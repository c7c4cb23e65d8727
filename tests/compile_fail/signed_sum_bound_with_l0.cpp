// SPDX-License-Identifier: MIT
// expect: SignedSumBound with a penalty that is not homogeneous has no exact projection
#include "espalier/constraint/l0.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/signed_sum_bound.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, L0, SignedSumBound> layer;
#else
Dense<4, 3, L1, SignedSumBound, MaxNorm> layer;
#endif
