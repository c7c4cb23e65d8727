// SPDX-License-Identifier: MIT
// expect: a policy has at(cell) or keep(w, cell), but no member that takes the number which it keeps of a
// weight
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct Wired {
  template <Scalar S>
  S at(Cell cell) const {
    return static_cast<S>(cell.row == cell.col);
  }
#ifdef REFUSED
  bool contains(Scalar auto w) const { return w == 0; }
  template <Scalar S>
  S project(S) const {
    return 0;
  }
#else
  template <Scalar S>
  bool contains(S w, S own) const {
    return own != 0 || w == 0;
  }
  template <Scalar S>
  S project(S w, S own) const {
    return own * w;
  }
#endif
};
Dense<4, 3, Wired> layer;
