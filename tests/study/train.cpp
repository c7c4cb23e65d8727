// SPDX-License-Identifier: MIT
// One run: what is measured of it, and that runs which are called alike are.
#include "study/grid.hpp"

#include <cmath>
#include <map>

#include "catch.hpp"
#include "study/plan.hpp"

using Catch::Approx;
namespace esp = espalier;

namespace {

study::Setup setup() {
  study::Setup setup;
  setup.samples = 40, setup.features = 2, setup.classes = 2, setup.outputs = 2;
  setup.hidden = {6, 6};
  setup.epochs = 2, setup.batch = 8, setup.seeds = 3, setup.learning_rate = 0.01;
  setup.policies = {"L2", "WeightNorm"};
  setup.strengths = {{1}, {0}};
  return setup;
}

/// Two classes by the sign of the first input, which is large so that gradients are.
study::Bench bench(const study::Setup& setup) {
  static const esp::Matrix<float> inputs = 30 * esp::Matrix<float>::Random(2, 40);
  esp::Dataset fit;
  fit.inputs = inputs;
  for (int k = 0; k < 40; ++k) fit.labels.push_back(fit.inputs(0, k) > 0);
  return {setup, fit, fit, 1, ""};
}

study::Result run(const study::Setup& setup, const study::Trial& trial) {
  const bool all = trial.stage == "depth" || (trial.stage == "where" && trial.level > 0);
  const study::Bench b = bench(setup);
  if (trial.policy == study::free_name || trial.policy == study::clipped_gradients)
    return study::run_free(b, trial, all, {});
  for (const study::Entry& entry : study::usual_grid())
    if (entry.name == trial.policy) return entry.run(b, trial, all);
  throw std::out_of_range("no such policy");
}

/// All numbers but the time, of which each run has its own.
std::map<std::string, double> measured(const study::Setup& setup, const study::Trial& trial) {
  std::map<std::string, double> numbers = run(setup, trial).numbers;
  numbers.erase("seconds");
  return numbers;
}

}  // namespace

TEST_CASE("A run that is taken from another stage is bit for bit what its own stage would train") {
  const study::Setup s = setup();
  for (const study::Trial& trial : {study::Trial{"where", "L2", 1, 0, 1},
                                    {"where", study::free_name, 0, 1, 1},
                                    {"depth", study::free_name, 0, 2, 2},
                                    {"depth", "WeightNorm", 0, 2, 1}}) {
    INFO(trial.stage << " " << trial.policy);
    const study::Trial alike = study::first_alike(s, trial);
    REQUIRE(alike.stage != trial.stage);
    CHECK(measured(s, alike) == measured(s, trial));
  }
  CHECK(measured(s, {"where", "L2", 1, 0, 1}) != measured(s, {"where", "L2", 1, 1, 1}));
}

TEST_CASE("Gradients are those of the loss, whatever penalties and clipping make of them") {
  study::Setup s = setup();
  s.epochs = 1, s.batch = 32;  // one step, from the same weights
  const study::Result free = run(s, {"where", study::free_name, 0, 0, 1});
  const study::Result penalized = run(s, {"where", "L2", 100, 0, 1});
  CHECK(series(penalized, "gradient_1") == series(free, "gradient_1"));
  CHECK(number(penalized, "largest_gradient") == number(free, "largest_gradient"));
  const study::Result plain = run(s, {"recovery", study::free_name, 0, 1, 1});
  const study::Result clipped = run(s, {"recovery", study::clipped_gradients, 0, 1, 1});
  REQUIRE(number(plain, "largest_gradient") > study::recovery_limit);
  CHECK(number(clipped, "largest_gradient") == number(plain, "largest_gradient"));
  CHECK(number(clipped, "active") == 1);
  CHECK(number(plain, "active") == 0);
  CHECK(number(clipped, "train_loss") != number(plain, "train_loss"));
}

TEST_CASE("A run that diverges has its gradients until then, and its share of steps") {
  study::Setup s = setup();
  s.epochs = 20;
  const study::Result failed = run(s, {"recovery", study::free_name, 0, 1e30, 1});
  REQUIRE_FALSE(failed.failed.empty());
  CHECK(std::isfinite(number(failed, "largest_gradient")));
  CHECK(number(failed, "largest_gradient") > 0);
  CHECK(number(failed, "active") == 0);
}
