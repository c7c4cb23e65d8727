// SPDX-License-Identifier: MIT
#include "espalier/core/policy_traits.hpp"

#include "catch.hpp"

using namespace espalier;

namespace {

struct Silent {};
struct Speaking {
  static constexpr bool homogeneous = true, of_norm = true, convex = false;
};

}  // namespace

TEST_CASE("A policy that says nothing is convex, no cone, and not one of the norm alone") {
  STATIC_REQUIRE(!(homogeneous_policy<Silent>() || of_norm_policy<Silent>()));
  STATIC_REQUIRE(is_convex<Silent>);
  STATIC_REQUIRE((homogeneous_policy<Speaking>() && of_norm_policy<Speaking>()));
  STATIC_REQUIRE(!is_convex<Speaking>);
}
