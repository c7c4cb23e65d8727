// SPDX-License-Identifier: MIT
// expect: a penalty that is not convex is beside a set of single weights: give it
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

/// The number of weights that are not zero, for free ones only.
struct Count {
  static constexpr bool convex = false;

  template <Scalar S>
  S value(S w) const {
    return w != 0 ? S(1) : S(0);
  }
  template <Scalar S>
  S prox(S y, S t) const {
    return y * y > 2 * t ? y : S(0);
  }
};

#ifdef REFUSED
Dense<4, 3, Count, Clip> layer;
#else
Dense<4, 3, Count, L1> layer;
#endif
