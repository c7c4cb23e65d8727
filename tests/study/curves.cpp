// SPDX-License-Identifier: MIT
// The curve of each policy over its strengths, and the choice of the best.
#include <array>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "study/made_up.hpp"
#include "study/verdict.hpp"

using Catch::Approx;
using made_up::chance;
using made_up::checked;
using made_up::clear_grid;
using made_up::find;
using made_up::says;
using study::Result;
using study::Setup;

TEST_CASE("A number or a series that a run does not have is none") {
  Result result;
  result.numbers["train"] = 0.5;
  result.series["noise"] = {1, 2};
  CHECK(study::number(result, "train") == 0.5);
  CHECK(std::isnan(study::number(result, "test")));
  CHECK(study::series(result, "noise") == std::vector<double>{1, 2});
  CHECK(study::series(result, "gradient_1").empty());
}

TEST_CASE("A curve has the means of each strength and its paired difference to unconstrained") {
  const Setup setup = made_up::setup();
  const auto curves = study::curves(setup, clear_grid(setup));
  REQUIRE(curves.size() == 2);
  CHECK(curves[0].policy == "decay");
  REQUIRE(curves[0].points.size() == 3);
  CHECK(curves[0].best == 1);
  CHECK(curves[1].best == 1);
  const study::GridPoint& point = curves[0].points[1];
  CHECK(point.strength == 0.1);
  CHECK((point.runs == 10 && point.failed == 0));
  CHECK(point.validation == Approx(0.95));
  CHECK(point.train == Approx(0.99));
  // The seeds differ by far more, but the same in both runs of a pair.
  CHECK(point.difference.mean == Approx(0.05));
  CHECK(point.difference.high - point.difference.low == Approx(0).margin(1e-12));
  CHECK(point.train_difference.p == 1);
  CHECK(curves[0].hurts_from == -1);
}

TEST_CASE("Of strengths with the same mean the weaker one is chosen, also where sums are rounded otherwise") {
  Setup setup = made_up::setup();
  setup.seeds = 3;
  std::vector<Result> results;
  made_up::add(results, setup, "grid", setup.strengths, [](const std::string&, double strength, long seed) {
    const std::array<double, 3> metrics{0.1, 0.2, 0.3};
    return metrics[static_cast<std::size_t>(strength == 0.01 ? 2 - seed : seed)];
  });
  const auto curves = study::curves(setup, results);
  CHECK(curves[0].best == 0);
  CHECK(curves[1].best == 0);
}

TEST_CASE("A strength with a failed run, or with a metric that is no number, is not chosen") {
  const Setup setup = made_up::setup();
  auto results = clear_grid(setup);
  find(results, {"grid", "decay", 0.1, 0, 4}).failed = "the loss is not finite";
  find(results, {"grid", "ball", 1, 0, 0}).numbers["validation"] = std::numeric_limits<double>::quiet_NaN();
  find(results, {"grid", "ball", 1, 0, 1}).numbers.erase("validation");
  const auto curves = study::curves(setup, results);
  CHECK(curves[0].best == 0);
  CHECK((curves[0].points[1].failed == 1 && curves[0].points[1].difference.pairs == 9));
  CHECK(curves[0].points[1].validation == Approx(0.95).margin(0.002));
  CHECK(curves[1].best == 0);
  CHECK((curves[1].points[1].failed == 2 && curves[1].points[1].runs == 10));
  CHECK(says(checked(setup, results),
             "Runs failed in decay at 0.1 (1 of 10): such a strength is never chosen."));
}

TEST_CASE("A policy of which runs are missing has no best strength") {
  const Setup setup = made_up::setup();
  auto results = clear_grid(setup);
  std::erase_if(results, [](const Result& result) {
    return result.trial.policy == "decay" && result.trial.strength == 1 && result.trial.seed == 9;
  });
  const auto curves = study::curves(setup, results);
  CHECK(curves[0].best == -1);
  CHECK(curves[0].points[2].difference.pairs == 9);
  CHECK(curves[1].best == 1);
}

TEST_CASE("A policy hurts from the strength on after which none is harmless") {
  Setup setup = made_up::setup();
  setup.strengths = {{1, 2, 3, 4}, {4, 3, 2, 1}};
  std::vector<Result> results;
  made_up::add(results, setup, "grid", setup.strengths,
               [](const std::string& policy, double strength, long seed) {
                 const double loss = 0.1 + chance(seed, 1) / 4;
                 if (policy == "decay" && strength >= 3) return 0.9 - loss;
                 if (policy == "ball" && strength != 1) return 0.9 - loss;
                 return 0.9;
               });
  CHECK(study::curves(setup, results)[0].hurts_from == 2);
  CHECK(study::curves(setup, results)[1].hurts_from == -1);
  for (long seed = 0; seed < 10; ++seed) find(results, {"grid", "ball", 1, 0, seed}).failed = "diverged";
  CHECK(study::curves(setup, results)[1].hurts_from == 0);
}
