// SPDX-License-Identifier: MIT
// expect: a policy's project() or prox() of vectors returns its result, which nobody reads: let it change the
// vector that it is given, and return void
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct Centered {
  bool contains(const auto& row) const { return row.sum() == 0; }
#ifdef REFUSED
  auto project(auto row) const { return (row - row.mean()).eval(); }
#else
  void project(auto row) const { row -= row.mean(); }
#endif
};

Dense<4, 3, Centered> layer;
