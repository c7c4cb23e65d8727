// SPDX-License-Identifier: MIT
// expect: TopK or NofM with another policy of vectors has no exact projection, since it is not convex
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/n_of_m.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, SumTo, NofM> layer;
#else
Dense<4, 3, Clip, NofM> layer;
#endif
