// SPDX-License-Identifier: MIT
// expect: QuantizedTowardZero beside a set that may lose weights that move towards zero, as Simplex or
// UnitNorm: the set would hold of the stored numbers and not of the weights; write one that limits
// magnitudes, as SignedSumBound, MaxNorm or Mask, or drop one of the two
#include "espalier/constraint/quantized_toward_zero.hpp"
#include "espalier/constraint/signed_sum_bound.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, QuantizedTowardZero, Simplex> layer;
#else
Dense<4, 3, QuantizedTowardZero, SignedSumBound> layer;
#endif
