// SPDX-License-Identifier: MIT
#include "espalier/optimizer/any_schedule.hpp"

#include "../support.hpp"

using namespace espalier;

namespace {

double half(const Progress&) { return 0.5; }

}  // namespace

TEST_CASE("Any callable is a schedule, and a copy of it has a state of its own") {
  const AnySchedule plateau = OnPlateau{.factor = 0.5, .patience = 0};
  const AnySchedule copy = plateau;
  plateau({.epoch = 1, .loss = 1});
  CHECK(plateau({.epoch = 2, .loss = 1}) == 0.5);
  CHECK(copy({.epoch = 2, .loss = 1}) == 1);
  CHECK(AnySchedule(half)({}) == 0.5);
  CHECK(AnySchedule([factor = 0.25](const Progress&) { return factor; })({}) == 0.25);
}

TEST_CASE("Without a schedule it is empty, of an empty function too") {
  CHECK_FALSE(AnySchedule{});
  CHECK_FALSE(AnySchedule(std::function<double(const Progress&)>{}));
  CHECK(AnySchedule{}.text() == "none");
  CHECK(AnySchedule(half));
}

TEST_CASE("Copies of a reference are one schedule, and it says so") {
  OnPlateau plateau{.factor = 0.5, .patience = 0};
  const AnySchedule one = std::ref(plateau), other = one;
  CHECK(one.by_reference());
  CHECK(other.by_reference());
  CHECK_FALSE(AnySchedule(plateau).by_reference());
  one({.epoch = 1, .loss = 1});
  other({.epoch = 2, .loss = 1});
  CHECK(plateau.state.current == 0.5);
}

TEST_CASE("A schedule is its name with its options") {
  CHECK(AnySchedule(ConstantRate{}).text() == "ConstantRate");
  CHECK(AnySchedule(StepDecay{}).text() == "StepDecay{every = 30, factor = 0.1}");
  CHECK(AnySchedule(ExponentialDecay{}).text() == "ExponentialDecay{factor = 0.95}");
  CHECK(AnySchedule(OneCycle{}).text() ==
        "OneCycle{warm_fraction = 0.3, start_factor = 0.04, final_factor = 4e-06}");
  CHECK(AnySchedule(WarmUp{5, CosineDecay{0.5}}).text() ==
        "WarmUp{steps = 5, then = CosineDecay{final_factor = 0.5}}");
  CHECK(AnySchedule(OnPlateau{.patience = 2}).text() ==
        "OnPlateau{factor = 0.1, patience = 2, threshold = 0.0001, minimum = 0, cooldown = 0}");
  CHECK(AnySchedule([](const Progress&) { return 1.0; }).text() == "unnamed");
}
