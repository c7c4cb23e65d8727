// SPDX-License-Identifier: MIT
// expect: a gradient transform that looks at parameters chooses its own by their paths: write it without On
#include "espalier/optimizer/on.hpp"

using namespace espalier;

struct Halve {
#ifdef REFUSED
  template <Scalar S>
  void apply(Parameters<S>& parameters) const {
    for (S& g : parameters.gradients()) g /= 2;
  }
#else
  template <Scalar S>
  void apply(ArrayMap<S>& gradients) const {
    gradients /= 2;
  }
#endif
};

On on{"0.*", Halve{}};
