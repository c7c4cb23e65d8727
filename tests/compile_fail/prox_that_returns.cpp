// SPDX-License-Identifier: MIT
// expect: a policy's project() or prox() of vectors returns its result
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct Pull {
  template <Scalar S>
  S value(ConstRow<S> w) const {
    return w.square().sum() / 2;
  }
#ifdef REFUSED
  template <Scalar S>
  Eigen::Array<S, Dynamic, 1> prox(Row<S> y, ConstRow<S> t) const {
    return y / (1 + t);
  }
#else
  template <Scalar S>
  void prox(Row<S> y, ConstRow<S> t) const {
    y /= 1 + t;
  }
#endif
};

Dense<4, 3, Pull> layer;
