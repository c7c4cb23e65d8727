// SPDX-License-Identifier: MIT
#include "espalier/pack/pack_traits.hpp"

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/pack/pack.hpp"

using namespace espalier;

namespace {

template <class... Ps>
constexpr detail::PackTraits traits_of = detail::traits_of<Pack<Ps...>>;

/// W is twice the square of what is stored, so that no negative number can be given.
struct Doubled {
  template <Scalar S>
  S weight(S p) const {
    return 2 * p * p;
  }
  template <Scalar S>
  S parameter(S w) const {
    return std::sqrt(w / 2);
  }
  template <Scalar S>
  S pull_back(S p, S dw) const {
    return 4 * p * dw;
  }
};

}  // namespace

TEST_CASE("The traits say what a step must do for a pack") {
  STATIC_REQUIRE((traits_of<>.grain == Grain::element && !traits_of<>.smooth && !traits_of<>.decays &&
                  !traits_of<>.constrains()));
  STATIC_REQUIRE((traits_of<L2, WeightDecay>.smooth && traits_of<L2, WeightDecay>.decays));
  STATIC_REQUIRE(
      (!traits_of<L2, WeightDecay>.constrains() && !traits_of<Clip>.smooth && !traits_of<Clip>.decays));
  STATIC_REQUIRE((traits_of<L1>.proximal && !traits_of<L1>.has_set && traits_of<L1>.constrains()));
  STATIC_REQUIRE(
      (traits_of<Clip>.has_set && traits_of<Clip>.grain == Grain::element && !traits_of<Clip>.proximal));
  STATIC_REQUIRE(
      (traits_of<MaxNorm>.grain == Grain::row && !traits_of<MaxNorm>.flat && traits_of<UnitNorm>.flat));
  STATIC_REQUIRE(
      (traits_of<Clip, MaxNorm>.corners && !traits_of<MaxNorm>.corners && !traits_of<Clip>.corners));
  STATIC_REQUIRE((!traits_of<Clip, MaxNorm, L1>.corners));
  STATIC_REQUIRE((traits_of<Doubled>.maps && !traits_of<Doubled>.scales_rows && !traits_of<WeightNorm>.maps));
  STATIC_REQUIRE((traits_of<WeightNorm>.scales_rows && !traits_of<MaxNorm>.scales_rows));
}

TEST_CASE("The traits say which policies keep numbers, and which make them of the start") {
  STATIC_REQUIRE(
      (traits_of<L1, Mask, L2ToStart>.keeping == 0b110 && traits_of<L1, Mask, L2ToStart>.starting == 0b100));
  STATIC_REQUIRE((traits_of<L2ToStart, L1>.starting == 1 && traits_of<L1>.keeping == 0));
}
