// SPDX-License-Identifier: MIT
#include "espalier/layer/policies.hpp"

#include "../catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/weight_norm.hpp"

using namespace espalier;
using detail::LayerPolicies;

TEST_CASE("The weight takes what is not said to be for the bias or the gains") {
  STATIC_REQUIRE(std::is_same_v<LayerPolicies<>::Weight, Pack<>>);
  STATIC_REQUIRE(std::is_same_v<LayerPolicies<Clip, Bias<L2>, MaxNorm>::Weight, Pack<Clip, MaxNorm>>);
  STATIC_REQUIRE(std::is_same_v<LayerPolicies<Clip, NoBias>::Weight, Pack<Clip>>);
  STATIC_REQUIRE(
      std::is_same_v<LayerPolicies<Gain<Clip>, WeightNorm, Bias<NonNegative>>::Weight, Pack<WeightNorm>>);
}

TEST_CASE(
    "There is a bias unless it is said that there is none, and a gain where a reparametrization trains it") {
  STATIC_REQUIRE((LayerPolicies<>::has_bias && !LayerPolicies<Clip, NoBias>::has_bias));
  STATIC_REQUIRE((!LayerPolicies<Clip>::has_gain && !LayerPolicies<Clip>::row_scaled));
  STATIC_REQUIRE((LayerPolicies<WeightNorm>::has_gain && LayerPolicies<WeightNorm>::row_scaled));
  STATIC_REQUIRE((!LayerPolicies<UnitNormalized>::has_gain && LayerPolicies<UnitNormalized>::row_scaled));
}

TEST_CASE("A policy of vectors looks at all of a bias or of the gains, others at each number") {
  STATIC_REQUIRE(decltype(Bias(MaxNorm{1}).pack)::grain == Grain::whole);
  STATIC_REQUIRE(decltype(Gain(MaxNorm{1}).pack)::grain == Grain::whole);
  STATIC_REQUIRE(decltype(Bias(MaxNorm{1}, NonNegative{}).pack)::grain == Grain::whole);
  STATIC_REQUIRE(decltype(Bias(NonNegative{}).pack)::grain == Grain::element);
  STATIC_REQUIRE(decltype(Bias(PerInput{MaxNorm{1}}).pack)::grain == Grain::column);
  STATIC_REQUIRE(decltype(Bias(MaxNorm{1}, Clip{}).pack)::names ==
                 std::array<std::string_view, 2>{"MaxNorm", "Clip"});
}

TEST_CASE("Bias and Gain are found with their values, wherever they stand, and are empty otherwise") {
  const Bias bias(NonNegative{}, Clip{-1, 3});
  const Gain gain(Clip{0, 2});
  using Roles = LayerPolicies<Gain<Clip>, WeightNorm, Bias<NonNegative, Clip>>;
  CHECK(Roles::bias(gain, WeightNorm{}, bias) == bias);
  CHECK(Roles::gain(gain, WeightNorm{}, bias) == gain);
  CHECK_FALSE(Roles::gain(gain, WeightNorm{}, bias) == Gain(Clip{0, 3}));
  STATIC_REQUIRE(std::is_same_v<decltype(LayerPolicies<Clip>::bias(Clip{})), Bias<>>);
  STATIC_REQUIRE(std::is_same_v<decltype(LayerPolicies<Clip>::gain(Clip{})), Gain<>>);
}
