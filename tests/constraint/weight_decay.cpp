// SPDX-License-Identifier: MIT
#include "espalier/constraint/weight_decay.hpp"

#include <limits>

#include "espalier/pack/pack.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(Decay<WeightDecay> && Policy<WeightDecay>);

TEST_CASE("weights shrink by learning rate times decay rate, or by the schedule alone") {
  CHECK(WeightDecay{.strength = 0.5}.shrink(0.25, 1) == 0.875);
  CHECK(WeightDecay{.strength = 0.5, .schedule_only = true}.shrink(0.25, 0.5) == 0.75);
  CHECK(WeightDecay{.strength = 0.5, .schedule_only = true}.shrink(0.5, 0.5) == 0.5);
  CHECK(WeightDecay{.strength = 0}.shrink(0.25, 1) == 1);
}

TEST_CASE("a pack decays as its policy says, and not at all without one") {
  CHECK(Pack(WeightDecay{.strength = 0.5}).shrink(0.25, 1) == 0.875);
  CHECK(Pack<>{}.shrink(0.25, 1) == 1);
}

TEST_CASE("a decay rate must be a number that is not negative") {
  CHECK_NOTHROW(WeightDecay{0}.validate());
  CHECK(message_of([] { WeightDecay{-1}.validate(); }) ==
        "WeightDecay: expected strength >= 0 and finite, found -1");
  CHECK_THROWS_AS(WeightDecay{std::numeric_limits<double>::infinity()}.validate(), ValueError);
  CHECK_THROWS_AS(WeightDecay{std::numeric_limits<double>::quiet_NaN()}.validate(), ValueError);
}
