// SPDX-License-Identifier: MIT
// expect: a set of whole rows cannot be combined exactly with another set or a proximal penalty
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct SumToZero {
  bool contains(const auto& row) const { return row.sum() == 0; }
  void project(auto& row) const { row -= row.mean(); }
};

#ifdef REFUSED
Dense<4, 3, L1, SumToZero> layer;
#else
Dense<4, 3, L2, SumToZero> layer;
#endif
