// SPDX-License-Identifier: MIT
// The properties that make a projection the projection, for every legal pack of the foundation's sets.
#include "catch.hpp"
#include "espalier/testing/projection_check.hpp"
#include "rows.hpp"

using namespace espalier;

namespace {

/// Calls f(options) for all lengths, scales and both metrics.
template <class F>
void for_each_trial(F&& f) {
  for (const Index length : {1, 2, 5, 784})
    for (const double scale : {1e-30, 0.3, 1.0, 1e3, 1e30})
      for (const bool uneven : {false, true})
        f(ProjectionTrials{
            .trials = length > 5 ? 2 : 40, .length = length, .scale = scale, .uneven_steps = uneven});
}

}  // namespace

TEMPLATE_TEST_CASE("packs of convex sets are projected onto exactly, in the metric of the step", "", float,
                   double) {
  // The root is found to 1e-10 (float) and 1e-15 (double) of the radius and then rounded.
  const double roundoff = 16 * detail::roundoff<TestType>;
  test::for_each_convex_set([&](const char* name, const auto&... policies) {
    const Pack pack(policies...);
    for_each_trial([&](const ProjectionTrials& trials) {
      const ProjectionErrors errors = projection_check<TestType>(pack, Rng{11}, trials);
      CAPTURE(name, trials.length, trials.scale, trials.uneven_steps);
      CHECK(errors.infeasible == 0);
      CHECK(errors.not_idempotent == 0);
      CHECK(errors.moved_feasible == 0);
      CHECK(errors.longer == 0);
      CHECK(errors.variational <= roundoff);
    });
  });
}

TEMPLATE_TEST_CASE("rows on the sphere are feasible, stay, and are reached in one projection", "", float,
                   double) {
  test::for_each_sphere([&](const char* name, const auto&... policies) {
    const Pack pack(policies...);
    for_each_trial([&](const ProjectionTrials& trials) {
      const ProjectionErrors errors = projection_check<TestType>(pack, Rng{12}, trials);
      CAPTURE(name, trials.length, trials.scale, trials.uneven_steps);
      CHECK(errors.infeasible == 0);
      CHECK(errors.not_idempotent == 0);
      CHECK(errors.moved_feasible == 0);
    });
  });
}
