// SPDX-License-Identifier: MIT
// expect: L1Ball with a penalty that is not homogeneous has no exact projection: write L1 with it
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

/// (w - 1)^2 / 2
struct TowardOne {
  template <Scalar S>
  S value(S w) const {
    return (w - 1) * (w - 1) / 2;
  }
  template <Scalar S>
  S prox(S y, S t) const {
    return (y + t) / (1 + t);
  }
};

#ifdef REFUSED
Dense<4, 3, TowardOne, L1Ball> layer;
#else
Dense<4, 3, L1, L1Ball> layer;
#endif
