// SPDX-License-Identifier: MIT
// The roles of a pack, as the compiler sees them. What is refused: tests/compile_fail.
#include "espalier/pack/roles.hpp"

#include "catch.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/unconstrained.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "rows.hpp"

using namespace espalier;
using espalier::detail::PackRoles;

TEST_CASE("an empty pack does nothing") {
  using Roles = PackRoles<>;
  STATIC_REQUIRE(
      (Roles::empty && !Roles::smooth && !Roles::decays && !Roles::constrains && !Roles::by_vector));
}

TEST_CASE("penalties and decay constrain nothing, but for a prox") {
  using Roles = PackRoles<L2, WeightDecay>;
  STATIC_REQUIRE(
      (Roles::smooth && Roles::decays && !Roles::constrains && !Roles::has_set && Roles::size == 2));
  STATIC_REQUIRE((PackRoles<L1>::constrains && !PackRoles<L1>::has_set && !PackRoles<L1>::by_vector));
}

TEST_CASE("only sets of rows need whole rows") {
  STATIC_REQUIRE(
      (!PackRoles<Clip, NonNegative>::by_vector && PackRoles<Clip, NonNegative>::element_sets == 2));
  STATIC_REQUIRE((PackRoles<Clip, MaxNorm>::by_vector && PackRoles<UnitNorm>::by_vector));
}

TEST_CASE("cones and L1 are homogeneous, boxes are not; the sphere is told from the ball") {
  STATIC_REQUIRE((PackRoles<NonNegative, L1, UnitNorm>::homogeneous && PackRoles<MaxNorm, L2>::homogeneous));
  STATIC_REQUIRE((!PackRoles<Clip>::homogeneous && PackRoles<Unconstrained>::homogeneous));
  STATIC_REQUIRE(
      (PackRoles<UnitNorm>::on_sphere && !PackRoles<MaxNorm>::on_sphere && !PackRoles<Clip>::on_sphere));
}
