// SPDX-License-Identifier: MIT
// expect: a penalty that is infinite outside a set, as LassoNet, with another set or a penalty with a prox
#include <cmath>

#include "espalier/constraint/max_norm.hpp"
#include "espalier/pack/pack.hpp"

using namespace espalier;

struct InfiniteOutside {
  template <Scalar S>
  double value(ConstRow<S> w) const {
    return in_domain(w) ? 0 : HUGE_VAL;
  }
  template <Scalar S>
  bool in_domain(ConstRow<S> w) const {
    return (w.abs() <= 1).all();
  }
  template <Scalar S>
  void to_domain(Row<S> y) const {
    y = y.max(-1).min(1);
  }
  template <Scalar S>
  void prox(Row<S> y, ConstRow<S>) const {
    y = y.max(-1).min(1);
  }
};

#ifdef REFUSED
const Pack infinite_outside(InfiniteOutside{}, MaxNorm{1});
#else
const Pack infinite_outside(InfiniteOutside{});
#endif
