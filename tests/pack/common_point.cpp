// SPDX-License-Identifier: MIT
#include "espalier/pack/common_point.hpp"

#include "../support.hpp"
#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/pack/pack.hpp"

using namespace espalier;
using detail::have_common_point;

namespace {

struct KeepsItsSign {
  static constexpr std::string_view name = "KeepsItsSign";
  template <Scalar S>
  S keep(S w, Cell) const {
    return w;
  }
  template <Scalar S>
  bool contains(S w, S start) const {
    return w * start >= 0;
  }
  template <Scalar S>
  S project(S w, S start) const {
    return contains(w, start) ? w : S(0);
  }
};

}  // namespace

TEST_CASE("Intervals and a ball meet where the nearest point to zero is in the ball") {
  CHECK(have_common_point<float>(Pack(Clip{0.5, 1}, MaxNorm{1}), 4));
  CHECK_FALSE(have_common_point<float>(Pack(Clip{0.5, 1}, MaxNorm{1}), 5));
}

TEST_CASE("A cone meets a sphere in any direction that it has") {
  CHECK(have_common_point<double>(Pack(NonNegative{}, UnitNorm{}), 1));
  CHECK_FALSE(have_common_point<double>(Pack(UnitNorm{}), 0));
}

TEST_CASE("A set of vectors says what it reaches, and a message names the sets") {
  CHECK(have_common_point<double>(Pack(SumTo{3}, Clip{0, 1}), 3));
  CHECK_FALSE(have_common_point<double>(Pack(SumTo{3}, Clip{0, 1}), 2));
  CHECK(message_of([] {
          detail::fail_to_intersect(Pack(SumTo{3}, Clip{0, 1}), "0.weight");
        }) ==
        "0.weight: expected constraint sets that have a point in common, found an empty intersection of "
        "SumTo, Clip");
}

TEST_CASE("A set that refuses all weights as long as there are none is told what keep was given") {
  CHECK(message_of([] { detail::fail_to_intersect(Pack(KeepsItsSign{}), "0.weight"); }) ==
        "0.weight: expected a point of KeepsItsSign from its project(), found one that its contains() denies "
        "with what keep(NaN, cell) says: for no weights yet");
}
