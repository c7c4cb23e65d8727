// SPDX-License-Identifier: MIT
// What a study says where runs failed or are missing, or seeds are few.
#include <cmath>

#include "catch.hpp"
#include "study/made_up.hpp"
#include "study/verdict.hpp"

using Catch::Approx;
using made_up::checked;
using made_up::clear_grid;
using made_up::clear_study;
using made_up::find;
using made_up::says;
using study::Result;
using study::Setup;

TEST_CASE("A pair with a failed run is left out, and the verdict says so") {
  const Setup setup = made_up::setup();
  auto results = clear_study(setup);
  find(results, {"final", "decay", 0.1, 0, 0}).failed = "diverged";
  find(results, {"final", study::free_name, 0, 0, 4}).failed = "diverged";
  const study::Verdict verdict = checked(setup, results);
  const study::Finding& found = verdict.findings[0];
  CHECK((found.failed == 2 && found.missing == 0 && found.difference.pairs == 8));
  // The mean of Student's numbers without the first and the fifth.
  CHECK(found.difference.mean == Approx((15.8 - 1.2 - 0) / 800));
  CHECK(says(verdict, "2 of 10 pairs left out, since a run of the pair failed"));
  CHECK(says(verdict, "1 of 10 pairs left out, since a run of the pair failed"));
}

TEST_CASE("A policy whose runs on the test samples fail is not judged, but counts in Holm's correction") {
  const Setup setup = made_up::setup();
  auto results = clear_study(setup);
  for (long seed = 0; seed < 10; ++seed) find(results, {"final", "ball", 1, 0, seed}).failed = "diverged";
  const study::Verdict verdict = checked(setup, results);
  CHECK(verdict.findings[0].corrected_p == Approx(2 * 0.002833).epsilon(1e-3));
  CHECK(verdict.findings[1].corrected_p == 1);
  CHECK(std::isnan(verdict.findings[1].test));
  CHECK(says(verdict, "ball at 1: nothing can be concluded from 0 pairs; 10 of 10 pairs left out"));
}

TEST_CASE("A policy that fails at each strength is not compared") {
  const Setup setup = made_up::setup();
  auto results = clear_study(setup);
  for (const double strength : {3.0, 1.0})
    find(results, {"grid", "ball", strength, 0, 2}).failed = "diverged";
  const study::Verdict verdict = checked(setup, results);
  REQUIRE(verdict.findings.size() == 1);
  CHECK(verdict.findings[0].corrected_p == Approx(0.002833).epsilon(1e-3));
  CHECK(says(verdict, "after Holm's correction for 1 policy)"));
  CHECK(says(verdict,
             "Runs failed in ball at 3 (1 of 10), ball at 1 (1 of 10): each strength has failed runs, so "
             "the policy is not compared."));
}

TEST_CASE("Where unconstrained runs fail too the verdict counts them, and does not blame the policy alone") {
  const Setup setup = made_up::setup();
  auto results = clear_study(setup);
  for (long seed = 0; seed < 10; ++seed) {
    for (const double strength : {3.0, 1.0})
      find(results, {"grid", "ball", strength, 0, seed}).failed = "diverged";
    if (seed < 4) find(results, {"grid", study::free_name, 0, 0, seed}).failed = "diverged";
  }
  find(results, {"final", study::free_name, 0, 0, 0}).failed = "diverged";
  study::Verdict verdict = checked(setup, results);
  CHECK(says(verdict,
             "4 of 10 unconstrained runs of the grid and 1 of 10 unconstrained runs of the stage \"final\" "
             "failed: their pairs are left out"));
  CHECK(says(verdict,
             "ball at 3 and stronger is too strong: all runs failed, and 4 of 10 unconstrained ones."));
  CHECK(says(verdict, "so the policy is not compared (of the unconstrained runs 4 of 10 failed too)."));
  // With all of them nothing is said about the strength.
  for (long seed = 0; seed < 10; ++seed)
    find(results, {"grid", study::free_name, 0, 0, seed}).failed = "diverged";
  verdict = checked(setup, results);
  CHECK(says(verdict, "10 of 10 unconstrained runs of the grid"));
  CHECK_FALSE(says(verdict, "too strong"));
  CHECK(study::curves(setup, results)[1].hurts_from == -1);
  CHECK(says(verdict, "decay at 0.1 is best (accuracy 95.00 %); all unconstrained runs failed."));
}

TEST_CASE("Where every run fails the verdict says so of the unconstrained ones first") {
  const Setup setup = made_up::setup();
  auto results = clear_grid(setup);
  for (Result& result : results) result.failed = "diverged";
  const study::Verdict verdict = checked(setup, results);
  REQUIRE(verdict.sentences.size() >= 2);
  CHECK(verdict.sentences[0] == "No policy has a strength without failed runs, so none is compared.");
  CHECK(verdict.sentences[1].starts_with("10 of 10 unconstrained runs of the grid failed"));
  CHECK_FALSE(says(verdict, "too strong"));
}

TEST_CASE("A verdict of an unfinished study says what is missing and no more") {
  const Setup setup = made_up::setup();
  auto results = clear_study(setup);
  std::erase_if(results, [](const Result& result) {
    return result.trial.stage == "final" && result.trial.policy != "ball" && result.trial.seed >= 7;
  });
  study::Verdict verdict = checked(setup, results);
  CHECK(verdict.findings[0].missing == 3);
  REQUIRE(verdict.sentences.size() == 1);
  CHECK(verdict.sentences[0] ==
        "The study is not finished: 6 of 30 runs of the stage \"final\" are missing (unconstrained: 3, "
        "decay: 3). "
        "There is no verdict yet.");
  std::erase_if(results, [](const Result& result) {
    return result.trial.stage == "final" || (result.trial.policy == "ball" && result.trial.seed == 0);
  });
  verdict = checked(setup, results);
  CHECK(verdict.findings.empty());
  CHECK(verdict.best == -1);
  REQUIRE(verdict.sentences.size() == 1);
  CHECK(verdict.sentences[0] ==
        "The study is not finished: 2 of 60 runs of the stage \"grid\" are missing (ball: 2). There is no "
        "verdict "
        "yet.");
  CHECK(checked(setup, {}).sentences.size() == 1);
}

TEST_CASE("With fewer than three seeds nothing is concluded") {
  Setup setup = made_up::setup();
  for (const long seeds : {1L, 2L}) {
    setup.seeds = seeds;
    const study::Verdict verdict = checked(setup, clear_study(setup));
    REQUIRE(verdict.sentences.size() == 1);
    CHECK(says(verdict, "Nothing can be concluded from " + std::to_string(seeds) + " seed"));
  }
  setup.seeds = 3;
  CHECK(says(checked(setup, clear_study(setup)), "On the test samples"));
}

TEST_CASE("A study without the stages of a verdict says so") {
  Setup setup = made_up::setup();
  setup.stages = {"grid"};
  const study::Verdict unseen = checked(setup, clear_grid(setup));
  CHECK(says(unseen, "decay at 0.1 is best"));
  CHECK(says(unseen, "the test samples were not looked at"));
  setup.stages = {"cost"};
  CHECK(says(checked(setup, {}), "The stage \"grid\" is no part of this study"));
  setup = made_up::setup();
  setup.policies.clear();
  CHECK(says(checked(setup, {}), "no policy to compare"));
}
