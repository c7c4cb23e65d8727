// SPDX-License-Identifier: MIT
// expect: TotalVariation with bounds or strengths that differ from weight to weight, as Mask, has no exact
// algorithm
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/total_variation.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, TotalVariation, Mask>* layer =
    new Dense<4, 3, TotalVariation, Mask>(TotalVariation{1}, Mask{1, 0, 1, 1});
#else
Dense<4, 3, TotalVariation, Clip> layer(TotalVariation{1}, Clip{-1, 1});
#endif
