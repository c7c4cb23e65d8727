// SPDX-License-Identifier: MIT
// expect: Isotonic with a penalty with a prox that knows the place of each weight has no exact projection
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

/// L1 with a strength for each input.
struct Sizes {
  template <Scalar S>
  S at(Cell cell) const {
    return static_cast<S>(cell.col);
  }
  template <Scalar S>
  S value(S w, S strength) const {
    return strength * std::abs(w);
  }
  template <Scalar S>
  S prox(S y, S t, S strength) const {
    return std::clamp(S(0), y - t * strength, y + t * strength);
  }
  bool operator==(const Sizes&) const = default;
};

#ifdef REFUSED
Dense<4, 3, Isotonic, Sizes>* layer = new Dense<4, 3, Isotonic, Sizes>(Isotonic{}, Sizes{});
#else
Dense<4, 3, Isotonic, Mask> layer(Isotonic{}, Mask{1, 0, 1, 1});
#endif
