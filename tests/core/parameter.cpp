// SPDX-License-Identifier: MIT
#include "espalier/core/parameter.hpp"

#include "catch.hpp"

using namespace espalier;

TEST_CASE("activity says how often, when last and on how much a policy acted") {
  Activity activity;
  CHECK(activity.last_acted == 0);
  activity.record(0, 8);
  CHECK(activity == Activity{.steps = 1, .acted = 0, .last_acted = 0, .fraction = 0});
  activity.record(2, 8);
  CHECK(activity == Activity{.steps = 2, .acted = 1, .last_acted = 2, .fraction = 0.25});
  activity.record(0, 8);
  CHECK(activity == Activity{.steps = 3, .acted = 1, .last_acted = 2, .fraction = 0});
  activity.record(8, 8);
  CHECK(activity == Activity{.steps = 4, .acted = 2, .last_acted = 4, .fraction = 1});
  activity.record(0, 0);
  CHECK(activity.fraction == 0);
}

TEST_CASE("A step that is not a policy's own is seen, and changes nothing else") {
  Activity activity;
  activity.record(2, 8);
  activity.record(-1, 8);
  CHECK(activity == Activity{.steps = 2, .acted = 1, .last_acted = 1, .fraction = 0.25});
}
