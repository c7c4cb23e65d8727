// SPDX-License-Identifier: MIT
#include "pairs.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace study {

Runs runs_of(const std::vector<Result>& results, const std::string& stage, const std::string& policy,
             double strength, double level) {
  Runs runs;
  for (const Result& result : results) {
    const Trial& trial = result.trial;
    if (trial == Trial{stage, policy, strength, level, trial.seed}) runs.emplace(trial.seed, &result);
  }
  return runs;
}

double measured(const Result& run, const std::string& name) {
  const double value = number(run, name);
  return run.failed.empty() && std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> measured(const Runs& runs, const std::string& name) {
  std::vector<double> values;
  for (const auto& [seed, run] : runs)
    if (const double value = measured(*run, name); !std::isnan(value)) values.push_back(value);
  return values;
}

double mean_of(const std::vector<double>& values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Pairs pairs_of(const Runs& ours, const Runs& theirs, const std::string& name, bool larger_is_better) {
  Pairs pairs;
  for (const auto& [seed, run] : ours) {
    const auto other = theirs.find(seed);
    if (other == theirs.end()) continue;
    const double mine = measured(*run, name), its = measured(*other->second, name);
    if (std::isnan(mine) || std::isnan(its)) {
      ++pairs.failed;
      continue;
    }
    pairs.ours.push_back(mine);
    pairs.theirs.push_back(its);
    pairs.differences.push_back(larger_is_better ? mine - its : its - mine);
  }
  return pairs;
}

std::vector<double> strengths_of(const Setup& setup, const std::string& policy) {
  const auto found = std::find(setup.policies.begin(), setup.policies.end(), policy);
  const auto index = static_cast<std::size_t>(found - setup.policies.begin());
  if (index >= setup.strengths.size() || setup.strengths[index].empty()) return {0};
  return setup.strengths[index];
}

std::vector<std::string> constrained(const Setup& setup) {
  std::vector<std::string> policies = setup.policies;
  std::erase(policies, free_name);
  return policies;
}

}  // namespace study
