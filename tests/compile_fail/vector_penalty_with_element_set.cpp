// SPDX-License-Identifier: MIT
// expect: a penalty of whole rows cannot be combined exactly with a set or another proximal penalty: give its
// prox() the form that takes elements
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct Pull {
  template <Scalar S>
  S value(ConstRow<S> w) const {
    return w.square().sum() / 2;
  }
  template <Scalar S>
  void prox(Row<S> y, ConstRow<S> t) const {
    y /= 1 + t;
  }
};

#ifdef REFUSED
Dense<4, 3, Pull, NonNegative> layer;
#else
Dense<4, 3, Pull> layer;
#endif
