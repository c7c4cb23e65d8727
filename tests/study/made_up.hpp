// SPDX-License-Identifier: MIT
// Results of studies that were never run, and what is said about them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"
#include "study/verdict.hpp"

namespace made_up {

using study::Result;
using study::Setup;

/// Two policies with three and two strengths, ten seeds, accuracies.
inline Setup setup() {
  Setup setup;
  setup.classes = 10;
  setup.seeds = 10;
  setup.policies = {"decay", "ball"};
  setup.strengths = {{0.01, 0.1, 1}, {3, 1}};
  setup.stages = {"grid", "final"};
  return setup;
}

/// Cushny and Peebles' hours of sleep, the example of Student (1908): mean 1.58, interval 0.7001142 to
/// 2.4598858, p 0.002833. Here they are percentage points.
inline double student(long seed) {
  constexpr std::array<double, 10> hours{1.2, 2.4, 1.3, 1.3, 0, 1.0, 1.8, 0.8, 4.6, 1.4};
  return hours[static_cast<std::size_t>(seed) % hours.size()] / 100;
}

/// +-0.01 in turn: ten seeds have mean 0 and standard deviation 0.01 sqrt(10 / 9). `kind` 1 turns the signs.
inline double chance(long seed, long kind) { return (seed + kind) % 2 == 0 ? 0.01 : -0.01; }

inline Result run(const std::string& stage, const std::string& policy, double strength, long seed,
                  double metric, double train = 0.99) {
  const std::string name = stage == "final" ? "test" : "validation";
  return {.trial = {stage, policy, strength, 0, seed}, .numbers = {{"train", train}, {name, metric}}};
}

/// The metric of a run by policy, strength and seed.
using Metric = std::function<double(const std::string&, double, long)>;

/// Runs of a stage with unconstrained; of "final" the given strengths only.
inline void add(
    std::vector<Result>& results, const Setup& setup, const std::string& stage,
    const std::vector<std::vector<double>>& strengths, const Metric& metric,
    const Metric& train = [](const std::string&, double, long) { return 0.99; }) {
  for (long seed = 0; seed < setup.seeds; ++seed) {
    const auto one = [&](const std::string& policy, double strength) {
      results.push_back(
          run(stage, policy, strength, seed, metric(policy, strength, seed), train(policy, strength, seed)));
    };
    one(study::free_name, 0);
    for (std::size_t policy = 0; policy < setup.policies.size(); ++policy)
      for (const double strength : strengths[policy]) one(setup.policies[policy], strength);
  }
}

inline Result& find(std::vector<Result>& results, const study::Trial& trial) {
  for (Result& result : results)
    if (result.trial == trial) return result;
  throw std::out_of_range("no such run");
}

/// The grid of a study in which decay is best at 0.1 and the ball at 1, and decay better than the ball.
inline std::vector<Result> clear_grid(const Setup& setup) {
  std::vector<Result> results;
  add(results, setup, "grid", setup.strengths, [](const std::string& policy, double strength, long seed) {
    const double base = 0.90 + chance(seed, 0);
    if (policy == "decay") return base + (strength == 0.1 ? 0.05 : 0.03);
    if (policy == "ball") return base + (strength == 1 ? 0.02 : 0.01);
    return base;
  });
  return results;
}

/// The same with the stage "final": decay is better by Student's example, and the ball is equal.
inline std::vector<Result> clear_study(const Setup& setup) {
  std::vector<Result> results = clear_grid(setup);
  add(results, setup, "final", {{0.1}, {1}}, [](const std::string& policy, double, long seed) {
    return 0.90 + chance(seed, 0) + (policy == "decay" ? student(seed) : 0);
  });
  return results;
}

inline bool says(const study::Verdict& verdict, const std::string& words) {
  return std::any_of(
      verdict.sentences.begin(), verdict.sentences.end(),
      [&words](const std::string& sentence) { return sentence.find(words) != std::string::npos; });
}

inline std::string all_of(const study::Verdict& verdict) {
  std::string text;
  for (const std::string& sentence : verdict.sentences) text += sentence + "\n";
  return text;
}

/// The verdict; its sentences have no number that is none.
inline study::Verdict checked(const Setup& setup, const std::vector<Result>& results) {
  study::Verdict verdict = study::verdict(setup, results);
  for (const std::string& sentence : verdict.sentences) {
    INFO(sentence);
    CHECK(sentence.find("nan") == std::string::npos);
    CHECK(sentence.find("inf") == std::string::npos);
    CHECK(sentence.back() == '.');
  }
  CHECK(!verdict.sentences.empty());
  return verdict;
}

}  // namespace made_up
