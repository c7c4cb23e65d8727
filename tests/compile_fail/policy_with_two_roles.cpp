// SPDX-License-Identifier: MIT
// expect: a policy plays two roles: split it into two policies, one for each role of espalier/core/policy.hpp
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct Positive {
  bool contains(auto w) const { return w >= 0; }
  template <Scalar S>
  S project(S w) const {
    return w >= 0 ? w : 0;
  }
};
struct Shrinking {
  double shrink(double rate, double) const { return 1 - rate; }
};
struct PositiveAndShrinking : Positive, Shrinking {};

#ifdef REFUSED
Dense<4, 3, PositiveAndShrinking> layer;
#else
Dense<4, 3, Positive, Shrinking> layer;
#endif
