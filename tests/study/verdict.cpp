// SPDX-License-Identifier: MIT
// What a study says about made-up results whose truth is known.
#include <cmath>

#include "catch.hpp"
#include "study/made_up.hpp"
#include "study/verdict.hpp"

using Catch::Approx;
using made_up::all_of;
using made_up::chance;
using made_up::checked;
using made_up::clear_grid;
using made_up::clear_study;
using made_up::says;
using made_up::student;
using study::Result;
using study::Setup;

TEST_CASE("For an error the smaller metric is better, and differences are positive where it is smaller") {
  Setup setup = made_up::setup();
  setup.classes = 0;
  std::vector<Result> results;
  const auto metric = [](const std::string& policy, double strength, long seed) {
    const double base = 30 + 100 * chance(seed, 0);
    if (policy == "decay") return base - 100 * student(seed) - (strength == 1 ? 1 : 0);
    return policy == "ball" ? base + 4 + 100 * chance(seed, 0) : base;
  };
  made_up::add(results, setup, "grid", setup.strengths, metric);
  made_up::add(results, setup, "final", {{1}, {3}}, metric);
  const study::Verdict verdict = checked(setup, results);
  REQUIRE(verdict.findings.size() == 2);
  CHECK(verdict.findings[0].policy == "decay");
  CHECK(verdict.findings[0].strength == 1);
  CHECK(verdict.findings[0].difference.mean == Approx(2.58));
  CHECK(verdict.findings[0].difference.low == Approx(1.7001142).epsilon(1e-6));
  CHECK(verdict.findings[1].difference.mean == Approx(-4));
  CHECK(verdict.best == 0);
  INFO(all_of(verdict));
  CHECK(says(verdict, "decay at 1 is best: rmse 27.42, unconstrained 30."));
  CHECK(says(verdict, "a difference of +2.58 (95 % interval +1.7 to +3.46"));
  CHECK(says(verdict, "So decay at 1 is better than no constraint."));
  CHECK(says(verdict, "ball at 3: worse, -4 ("));
  CHECK(says(verdict, "positive where the constraint is better (smaller rmse)"));
}

TEST_CASE("The verdict finds the winner with the interval and the corrected p of Student's example") {
  const Setup setup = made_up::setup();
  const study::Verdict verdict = checked(setup, clear_study(setup));
  REQUIRE(verdict.findings.size() == 2);
  const study::Finding& found = verdict.findings[0];
  CHECK(verdict.best == 0);
  CHECK(found.policy == "decay");
  CHECK(found.strength == 0.1);
  CHECK(found.unconstrained == Approx(0.90));
  CHECK(found.test == Approx(0.9158));
  CHECK(found.difference.low == Approx(0.007001142).epsilon(1e-6));
  CHECK(found.corrected_p == Approx(2 * 0.002833).epsilon(1e-3));
  CHECK((found.failed == 0 && found.missing == 0));
  INFO(all_of(verdict));
  CHECK(says(verdict,
             "On the validation samples decay at 0.1 is best: accuracy 95.00 %, unconstrained 90.00 %."));
  CHECK(
      says(verdict,
           "it has accuracy 91.58 %, unconstrained 90.00 %: a difference of +1.58 percentage points (95 % "
           "interval +0.70 to +2.46, p = 0.00567 after Holm's correction for 2 policies). So decay at 0.1 is "
           "better than no constraint."));
  CHECK(says(verdict,
             "ball at 1: no visible difference, +0.00 percentage points (95 % interval +0.00 to +0.00, "
             "p = 1); all pairs are equal."));
  CHECK(says(verdict, "The chosen strength is the strongest of the grid for ball: the best may lie beyond."));
  CHECK(says(verdict, "Student's over 10 seeds"));
  CHECK(says(verdict, "by cross-validation on the training part alone"));
  CHECK(says(verdict, "corrected for the number of policies"));
}

TEST_CASE("The best policy is that of the validation samples, also where another does better in the test") {
  const Setup setup = made_up::setup();
  auto results = clear_grid(setup);
  made_up::add(results, setup, "final", {{0.1}, {1}}, [](const std::string& policy, double, long seed) {
    return 0.90 + (policy == "ball" ? student(seed) : policy == "decay" ? chance(seed, 0) : 0);
  });
  const study::Verdict verdict = checked(setup, results);
  CHECK(verdict.findings[0].policy == "ball");
  REQUIRE(verdict.best == 1);
  CHECK(verdict.findings[1].policy == "decay");
  INFO(all_of(verdict));
  CHECK(says(verdict, "This is no difference that these seeds can show"));
  CHECK(says(verdict, "ball at 1: better, +1.58 percentage points"));
}

TEST_CASE("Where nothing differs the verdict says what the seeds could have shown") {
  const Setup setup = made_up::setup();
  auto results = clear_grid(setup);
  made_up::add(results, setup, "final", {{0.1}, {1}}, [](const std::string& policy, double, long seed) {
    return 0.90 + (policy == study::free_name ? 0 : chance(seed, policy == "ball"));
  });
  const study::Verdict verdict = checked(setup, results);
  // Differences of +-0.01: the deviation is 0.01 sqrt(10 / 9).
  for (const study::Finding& found : verdict.findings) {
    CHECK(found.corrected_p == 1);
    CHECK(found.smallest ==
          Approx(0.01 * std::sqrt(10.0 / 9) * study::smallest_visible(10, 2)).epsilon(1e-9));
  }
  INFO(all_of(verdict));
  CHECK(says(verdict,
             "This is no difference that these seeds can show; the smallest that they could have shown "
             "is 0.9"));
  CHECK(says(verdict, "ball at 1: no visible difference"));
}

TEST_CASE("A policy that validation finds no better than unconstrained is not praised") {
  const Setup setup = made_up::setup();
  std::vector<Result> results;
  const auto metric = [](const std::string& policy, double, long seed) {
    return 0.90 + chance(seed, 0) - (policy == study::free_name ? 0 : student(seed));
  };
  made_up::add(results, setup, "grid", setup.strengths, metric);
  made_up::add(results, setup, "final", {{0.01}, {3}}, metric);
  const study::Verdict verdict = checked(setup, results);
  INFO(all_of(verdict));
  CHECK(says(verdict,
             "no policy is better than unconstrained (accuracy 90.00 %); the best is decay at 0.01 "
             "(accuracy 88.42 %)."));
  CHECK(says(verdict, "So decay at 0.01 is worse than no constraint."));
  CHECK(says(verdict, "the weakest of the grid for decay, ball: the best may lie beyond."));
}

TEST_CASE("Results that are all the same have a p-value of 1 and no division by zero") {
  const Setup setup = made_up::setup();
  std::vector<Result> results;
  const auto metric = [](const std::string&, double, long) { return 1.0; };
  made_up::add(results, setup, "grid", setup.strengths, metric, metric);
  made_up::add(results, setup, "final", {{0.01}, {3}}, metric, metric);
  const study::Verdict verdict = checked(setup, results);
  REQUIRE(verdict.findings.size() == 2);
  for (const study::Finding& found : verdict.findings) {
    CHECK(found.corrected_p == 1);
    CHECK((found.difference.low == 0 && found.difference.high == 0 && found.smallest == 0));
  }
  CHECK(verdict.findings[0].policy == "decay");  // of equal ones the first of the grid
  CHECK(says(verdict, "No strength of decay, ball changed the validation accuracy of any seed."));
  CHECK(!says(verdict, "may lie beyond"));
  CHECK(says(verdict, "all pairs are equal"));
}

TEST_CASE("A strength that changes nothing is not called the weakest of the grid") {
  const Setup setup = made_up::setup();
  std::vector<Result> results;
  const auto metric = [](const std::string& policy, double strength, long seed) {
    const bool loses = (policy == "decay" && strength > 0.01) || (policy == "ball" && strength == 1);
    return 0.90 + chance(seed, 0) - (loses ? student(seed) : 0);
  };
  made_up::add(results, setup, "grid", setup.strengths, metric);
  made_up::add(results, setup, "final", {{0.01}, {3}}, metric);
  const study::Verdict verdict = checked(setup, results);
  INFO(all_of(verdict));
  CHECK(says(verdict, "The chosen strength of decay, ball changed the validation accuracy of no seed."));
  CHECK(!says(verdict, "weakest of the grid"));
  CHECK(!says(verdict, "No strength of"));
}

TEST_CASE("A study of one policy without a strength has a verdict without corrections and ends of the grid") {
  Setup setup = made_up::setup();
  setup.policies = {study::free_name, "nonnegative"};
  setup.strengths = {{0}, {0}};
  std::vector<Result> results;
  const auto metric = [](const std::string& policy, double, long seed) {
    return 0.9 + (policy == "nonnegative" ? student(seed) : 0);
  };
  setup.policies = {"nonnegative"};
  made_up::add(results, setup, "grid", {{0}}, metric);
  made_up::add(results, setup, "final", {{0}}, metric);
  setup.policies = {study::free_name, "nonnegative"};
  const study::Verdict verdict = checked(setup, results);
  REQUIRE(verdict.findings.size() == 1);
  CHECK(verdict.findings[0].corrected_p == verdict.findings[0].difference.p);
  INFO(all_of(verdict));
  CHECK(says(verdict, "So nonnegative is better than no constraint."));
  CHECK(!says(verdict, "may lie beyond"));
}

TEST_CASE("Too strong a constraint is said to underfit only where training falls too") {
  const Setup setup = made_up::setup();
  std::vector<Result> results;
  const auto falls = [](const std::string& policy, double strength, long seed) {
    const bool strong = policy == study::free_name ? false
                        : policy == "decay"        ? strength > 0.05
                                                   : strength == 1;
    return 0.9 - (strong ? 10 * student(seed) : 0);
  };
  const auto train = [&](const std::string& policy, double strength, long seed) {
    return policy == "decay" ? falls(policy, strength, seed) : 0.9;
  };
  made_up::add(results, setup, "grid", setup.strengths, falls, train);
  made_up::add(results, setup, "final", {{0.01}, {3}}, falls, train);
  const study::Verdict verdict = checked(setup, results);
  INFO(all_of(verdict));
  CHECK(says(verdict,
             "decay at 0.1 and stronger underfits: validation -15.80 percentage points (95 % interval "
             "-24.60 to -7.00, not corrected), and training falls too, -15.80 percentage points."));
  CHECK(says(verdict, "ball at 1 hurts: validation -15.80"));
  CHECK(says(verdict, "no fall in training is visible"));
}
