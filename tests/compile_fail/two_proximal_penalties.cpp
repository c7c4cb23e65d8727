// SPDX-License-Identifier: MIT
// expect: two proximal penalties on one weight have no exact joint algorithm: keep one of them
#include "espalier/constraint/l1.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct Count {
  template <Scalar S>
  S value(S w) const {
    return w != 0;
  }
  template <Scalar S>
  S prox(S y, S t) const {
    return y * y > 2 * t ? y : 0;
  }
};

#ifdef REFUSED
Dense<4, 3, L1, Count> layer;
#else
Dense<4, 3, Count> layer;
#endif
