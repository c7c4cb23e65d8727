// SPDX-License-Identifier: MIT
// expect: a set of whole rows cannot be combined exactly with another set or a proximal penalty: write one
// policy that projects onto the intersection
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct SumToZero {
  bool contains(const auto& row) const { return row.sum() == 0; }
  void project(auto& row) const { row -= row.mean(); }
};

#ifdef REFUSED
Dense<4, 3, NonNegative, SumToZero> layer;
#else
Dense<4, 3, SumToZero> layer;
#endif
