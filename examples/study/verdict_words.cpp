// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "pairs.hpp"
#include "verdict_text.hpp"

namespace study {
namespace {

/// What a stage needs of one policy.
using Planned = std::pair<std::string, std::vector<double>>;

std::string missing_of(const Setup& setup, const std::vector<Result>& results, const std::string& stage,
                       const std::vector<Planned>& plan) {
  long planned = 0, missing = 0;
  std::string names;
  for (const auto& [policy, strengths] : plan) {
    long of_policy = 0;
    for (const double strength : strengths)
      of_policy +=
          std::max(0L, setup.seeds - static_cast<long>(runs_of(results, stage, policy, strength).size()));
    planned += setup.seeds * static_cast<long>(strengths.size());
    missing += of_policy;
    if (of_policy > 0) names += fmt::format("{}{}: {}", names.empty() ? "" : ", ", policy, of_policy);
  }
  if (missing == 0) return "";
  return fmt::format("The study is not finished: {} of {} runs of the stage \"{}\" are missing ({}).",
                     missing, planned, stage, names);
}

/// Rounded to a hundredth, and never a negative zero.
double hundredths(double value) { return std::round(100 * value) / 100 + 0.0; }

}  // namespace

bool has_stage(const Setup& setup, const std::string& stage) {
  return setup.stages.empty() ||
         std::find(setup.stages.begin(), setup.stages.end(), stage) != setup.stages.end();
}

std::string missing_runs(const Setup& setup, const std::vector<Result>& results,
                         const std::vector<PolicyCurve>& curves) {
  std::vector<Planned> grid{{free_name, {0.0}}}, last{{free_name, {0.0}}};
  for (const PolicyCurve& curve : curves) {
    grid.emplace_back(curve.policy, strengths_of(setup, curve.policy));
    if (curve.best >= 0)
      last.emplace_back(curve.policy,
                        std::vector{curve.points[static_cast<std::size_t>(curve.best)].strength});
  }
  const std::string of_grid = missing_of(setup, results, "grid", grid);
  if (!of_grid.empty() || !has_stage(setup, "final") || last.size() == 1) return of_grid;
  return missing_of(setup, results, "final", last);
}

std::string Words::value(double metric) const {
  return setup.classification() ? fmt::format("{:.2f} %", hundredths(100 * metric))
                                : fmt::format("{:.4g}", metric);
}

std::string Words::metric(double value) const { return setup.metric() + " " + this->value(value); }

std::string Words::signed_number(double value) const {
  if (setup.classification()) return fmt::format("{:+.2f}", hundredths(100 * value));
  return fmt::format("{:+.3g}", value + 0.0);
}

std::string Words::change(double value) const {
  return signed_number(value) + (setup.classification() ? " percentage points" : "");
}

std::string Words::size(double value) const { return change(std::abs(value)).substr(1); }

std::string Words::interval(const Comparison& of) const {
  return fmt::format("95 % interval {} to {}", signed_number(of.low), signed_number(of.high));
}

std::string Words::p(double value) const {
  return value < 0.001 ? "p < 0.001" : fmt::format("p = {:.3g}", value);
}

std::string Words::policy(const std::string& name, double strength) const {
  if (strengths_of(setup, name) == std::vector<double>{0}) return name;
  return fmt::format("{} at {:g}", name, strength);
}

}  // namespace study
