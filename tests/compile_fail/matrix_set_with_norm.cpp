// SPDX-License-Identifier: MIT
// expect: a policy of whole matrices cannot be combined exactly with another set
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct Zero {
  template <Scalar S>
  bool contains(Block<const S> w) const {
    return (ConstArrayMap<S>(w.data, w.size()) == 0).all();
  }
  template <Scalar S>
  void project(Block<S> w) const {
    ArrayMap<S>(w.data, w.size()) = 0;
  }
};

#ifdef REFUSED
Dense<4, 3, MaxNorm, Zero> layer;
#else
Dense<4, 3, Zero> layer;
#endif
