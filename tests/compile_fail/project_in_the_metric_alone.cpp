// SPDX-License-Identifier: MIT
// expect: a set of vectors has project(row, step_sizes) alone: give it project(row) too, which finds
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct Zeros {
  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return (w == 0).all();
  }
  template <Scalar S>
  void project(Row<S> w, ConstRow<S>) const {
    w.setZero();
  }
#ifndef REFUSED
  template <Scalar S>
  void project(Row<S> w) const {
    w.setZero();
  }
#endif
};

Dense layer(4, 3, Zeros{});
