// SPDX-License-Identifier: MIT
// What layers make of the policy is tested with them.
#include "espalier/constraint/weight_norm.hpp"

#include "catch.hpp"
#include "espalier/pack/pack.hpp"

using namespace espalier;

static_assert(Reparametrization<WeightNorm> && Policy<WeightNorm>);
static_assert(Reparametrization<UnitNormalized> && Policy<UnitNormalized>);

TEST_CASE("one trains its gains, the other has them fixed, and both leave the stored directions alone") {
  STATIC_REQUIRE((WeightNorm::trains_gain && !UnitNormalized::trains_gain));
  STATIC_REQUIRE((Pack<WeightNorm>::reparametrizations == 1 && !Pack<WeightNorm>::constrains));
  STATIC_REQUIRE((Pack<UnitNormalized>::reparametrizations == 1 && !Pack<UnitNormalized>::has_set));
  const float directions[] = {3, -4};
  CHECK(Pack<WeightNorm>{}.contains(directions, 2));
  CHECK(Pack<WeightNorm>{}.penalty(directions, 2) == 0);
  CHECK(policy_name<WeightNorm>() != policy_name<UnitNormalized>());
}
