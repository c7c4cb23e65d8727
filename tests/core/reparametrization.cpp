// SPDX-License-Identifier: MIT
#include "espalier/core/reparametrization.hpp"

#include <cmath>

#include "../support.hpp"
#include "espalier/core/policy.hpp"

using namespace espalier;

namespace {

struct Root {
  template <Scalar S>
  S weight(S p) const {
    return p * p;
  }
  template <Scalar S>
  S parameter(S w) const {
    return std::sqrt(w);
  }
  template <Scalar S>
  S pull_back(S p, S dw) const {
    return 2 * p * dw;
  }
};
struct RootFromOne : Root {
  template <Scalar S>
  S start(S w) const {
    return std::sqrt(1 + w * w);
  }
};
/// A map of matrices that is written for float only is none.
struct FloatOnly {
  void weight(Block<const float>, Block<float>, double*) const {}
  void pull_back(Block<const float>, Block<const float>, Block<float>, double*) const {}
  bool parameter(Block<float>, double*) const { return true; }
};
struct Same : FloatOnly {
  template <Scalar S>
  void weight(Block<const S> p, Block<S> w, double*) const {
    std::copy_n(p.data, p.size(), w.data);
  }
  template <Scalar S>
  void pull_back(Block<const S>, Block<const S>, Block<S>, double*) const {}
  template <Scalar S>
  bool parameter(Block<S>, double*) const {
    return true;
  }
};
static_assert(ElementMap<Root> && Reparametrization<Root> && !MatrixMap<Root> && roles_of<Root> == 1);
static_assert(MatrixMap<Same> && Reparametrization<Same> && !ElementMap<Same> && roles_of<Same> == 1);
static_assert(!MatrixMap<FloatOnly> && !Reparametrization<FloatOnly> && !HasNumbersBeside<Same>);

}  // namespace

TEST_CASE("An initializer's number is stored as the map gives it, or its magnitude, or as the map starts") {
  CHECK(detail::parameter_of(Root{}, 4.0) == 2);
  CHECK(detail::parameter_of(Root{}, -4.0) == 2);
  CHECK(detail::parameter_of(RootFromOne{}, 0.0) == 1);
}
