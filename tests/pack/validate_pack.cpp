// SPDX-License-Identifier: MIT
#include "espalier/pack/validate_pack.hpp"

#include <limits>

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unconstrained.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/pack/pack.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

constexpr L1 l1{.strength = 0.05};
constexpr L2 l2{.strength = 0.3};
constexpr WeightDecay decay{.strength = 0.2};

struct Origin {  // a cone without a direction
  static constexpr bool homogeneous = true;
  bool contains(Scalar auto w) const { return w == 0; }
  template <Scalar S>
  S project(S) const {
    return 0;
  }
};

}  // namespace

TEST_CASE("nonsense values are refused where the pack stands") {
  CHECK(message_of([] { Pack(l2, MaxNorm{-1}).validate("0.weight", 3); }) ==
        "0.weight: MaxNorm: expected radius > 0 and finite, found -1");
  CHECK(message_of([] {
          Pack(Clip{1, -1}).validate("0.weight", 3);
        }) == "0.weight: Clip: expected lo <= hi, found lo = 1, hi = -1");
  CHECK_THROWS_AS(Pack(L1{-1}).validate("", 3), ValueError);
  CHECK_THROWS_AS(Pack(L2{std::numeric_limits<double>::quiet_NaN()}).validate("", 3), ValueError);
  CHECK_THROWS_AS(Pack(WeightDecay{-1}).validate("", 3), ValueError);
  test::for_each_set([](const char*, const auto&... policies) {
    CHECK_NOTHROW(Pack(policies..., l1, l2, decay).validate("", 3));
  });
}

namespace {

/// A policy of one's own whose members contradict each other.
struct Contradiction {
  static constexpr std::string_view name = "Contradiction";
  template <Scalar S>
  bool contains(S w) const {
    return w >= 1;
  }
  template <Scalar S>
  S project(S w) const {
    return w < 0 ? S(0) : w;
  }
};

}  // namespace

TEST_CASE("a policy whose project() its own contains() denies is told so") {
  CHECK(message_of([] { Pack(Contradiction{}).validate("0.weight", 1); }) ==
        "0.weight: expected a point of Contradiction from its project(), found one that its contains() "
        "denies");
}

TEST_CASE("sets without a common point are refused, and those with one are not") {
  const std::string empty =
      "0.weight: expected constraint sets that have a point in common, found an empty "
      "intersection of ";
  CHECK(message_of([] { Pack(Clip{2, 3}, MaxNorm{1}).validate("0.weight", 1); }) == empty + "Clip, MaxNorm");
  CHECK(message_of([] {
          Pack(NonNegative{}, Clip{-2, -1}).validate("0.weight", 1);
        }) == empty + "NonNegative, Clip");
  CHECK(message_of([] {
          Pack(Clip{-2, -1}, Unconstrained{}, NonNegative{}).validate("0.weight", 1);
        }) == empty + "Clip, Unconstrained, NonNegative");
  // whether a box meets a ball depends on the length of the row
  CHECK_NOTHROW(Pack(Clip{0.5, 3}, MaxNorm{1}).validate("", 4));
  CHECK_THROWS_AS(Pack(Clip{0.5, 3}, MaxNorm{1}).validate("", 5), ValueError);
  CHECK_THROWS_AS(Pack(Clip{-3, -0.5}, MaxNorm{1}).validate("", 5), ValueError);
  CHECK_NOTHROW(Pack(NonNegative{}, Clip{-1, 0}).validate("", 3));
  // there is no unit vector in the origin, nor without coordinates
  CHECK_THROWS_AS(Pack(Origin{}, UnitNorm{}).validate("", 3), ValueError);
  CHECK_THROWS_AS(Pack(UnitNorm{}).validate("", 0), ValueError);
  CHECK_NOTHROW(Pack(Origin{}, MaxNorm{1}).validate("", 3));
}
