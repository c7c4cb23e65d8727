// SPDX-License-Identifier: MIT
// expect: a penalty of vectors has in_domain(row) alone: give it to_domain(row) too
#include <cmath>

#include "espalier/pack/pack.hpp"

using namespace espalier;

struct HalfADomain {
  template <Scalar S>
  double value(ConstRow<S> w) const {
    return in_domain(w) ? 0 : HUGE_VAL;
  }
  template <Scalar S>
  bool in_domain(ConstRow<S> w) const {
    return (w.abs() <= 1).all();
  }
#ifndef REFUSED
  template <Scalar S>
  void to_domain(Row<S> y) const {
    y = y.max(-1).min(1);
  }
#endif
  template <Scalar S>
  void prox(Row<S> y, ConstRow<S>) const {
    y = y.max(-1).min(1);
  }
};

const Pack half_a_domain(HalfADomain{});
