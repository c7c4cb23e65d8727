// SPDX-License-Identifier: MIT
// expect: MinMaxNorm with a set or penalty that is not homogeneous, as Clip, has no exact projection
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/min_max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, MinMaxNorm, Clip>* layer = new Dense<4, 3, MinMaxNorm, Clip>(MinMaxNorm{1, 2}, Clip{-1, 1});
#else
Dense<4, 3, MinMaxNorm, NonNegative> layer(MinMaxNorm{1, 2}, NonNegative{});
#endif
