// SPDX-License-Identifier: MIT
#include "espalier/core/matrix_members.hpp"

#include "catch.hpp"

using namespace espalier;

namespace {

struct WithRoom {
  template <Scalar S>
  bool contains(Block<const S>) const;
  template <Scalar S>
  void project(Block<S>, double*) const;
};
struct InSteps {
  template <Scalar S>
  bool contains(Block<const S>) const;
  template <Scalar S>
  void project(Block<S>, Steps<S>) const;
};
struct Smooth {
  template <Scalar S>
  S value(Block<const S>) const;
  template <Scalar S>
  bool add_gradient(Block<const S>, Block<S>) const;
};
struct ReturnsNothing : Smooth {
  template <Scalar S>
  void add_gradient(Block<const S>, Block<S>) const;
};
struct Proximal {
  template <Scalar S>
  S value(Block<const S>) const;
  template <Scalar S>
  void prox(Block<S>, S) const;
};
struct OfFloats {
  bool contains(Block<const float>) const;
  void project(Block<float>) const;
};

}  // namespace

TEST_CASE("The members say what a policy does to a whole weight") {
  STATIC_REQUIRE((HasMatrixSet<WithRoom> && !ProjectsMatrixInSteps<WithRoom>));
  STATIC_REQUIRE((HasMatrixSet<InSteps> && ProjectsMatrixInSteps<InSteps>));
  STATIC_REQUIRE((SmoothMatrixPenalty<Smooth> && !HasMatrixPenalty<Smooth> && !HasMatrixSet<Smooth>));
  STATIC_REQUIRE((HasMatrixPenalty<Proximal> && !SmoothMatrixPenalty<Proximal>));
  STATIC_REQUIRE(!SmoothMatrixPenalty<ReturnsNothing>);
  STATIC_REQUIRE(!HasMatrixSet<OfFloats>);  // of doubles too, please
}
