// SPDX-License-Identifier: MIT
#include "plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "statistics.hpp"
#include "verdict.hpp"

namespace study {

namespace {

/// The stages that ask a side question are content with fewer seeds.
long seeds_of(const std::string& stage, const Setup& setup) {
  if (stage == "cost") return 1;
  if (stage == "grid" || stage == "final") return setup.seeds;
  return std::min(setup.seeds, side_seeds);
}

/// What Trial::level is in the runs of a stage.
std::vector<double> levels_of(const std::string& stage, const Setup& setup) {
  const auto inputs = static_cast<double>(setup.features);
  if (stage == "few") {
    const long most = setup.samples * 4 / 5;
    std::vector<double> levels;
    for (long count = std::max(20L, 5 * setup.classes); count < most; count *= 3)
      levels.push_back(static_cast<double>(count));
    return levels;
  }
  if (stage == "irrelevant") return {std::ceil(inputs / 4), inputs, 4 * inputs};
  if (stage == "depth") return {2, 4, 8, 16};
  if (stage == "recovery") return {1, 10, 20, 40, 80};
  if (stage == "where") return {0, 1};
  return {0};
}

/// Is a policy part of a stage? Depth is a question of normalization, which is asked without constraints too.
bool takes_part(const std::string& stage, const std::string& policy) {
  return stage != "depth" || policy == "WeightNorm";
}

/// The policies of a stage with their strengths.
std::vector<std::pair<std::string, double>> policies_of(const std::string& stage, const Setup& setup,
                                                        const std::map<std::string, double>& best) {
  std::vector<std::pair<std::string, double>> policies;
  if (stage != "cost") policies.push_back({free_name, 0});
  if (stage == "recovery") policies.push_back({clipped_gradients, 0});
  for (std::size_t k = 0; k < setup.policies.size(); ++k) {
    const std::string& name = setup.policies[k];
    if (!takes_part(stage, name)) continue;
    if (stage == "grid")
      for (const double strength : setup.strengths[k]) policies.push_back({name, strength});
    else if (best.contains(name))
      policies.push_back({name, best.at(name)});
  }
  return policies;
}

std::vector<Trial> trials_with(const std::string& stage, const Setup& setup,
                               const std::map<std::string, double>& best) {
  std::vector<Trial> trials;
  if (stage == "recurrent") return trials;  // recurrent.hpp has those
  for (long seed = 1; seed <= seeds_of(stage, setup); ++seed)
    for (const double level : levels_of(stage, setup))
      for (const auto& [policy, strength] : policies_of(stage, setup, best))
        trials.push_back({stage, policy, strength, level, seed});
  // The similarity of filters asks for the unconstrained networks first.
  if (stage == "final")
    std::stable_partition(trials.begin(), trials.end(), [](const Trial& t) { return t.policy == free_name; });
  return trials;
}

}  // namespace

std::vector<Trial> trials_of(const std::string& stage, const Setup& setup,
                             const std::vector<Result>& results) {
  std::map<std::string, double> best;
  if (stage != "grid")
    for (const PolicyCurve& curve : curves(setup, results))
      if (curve.best >= 0) best[curve.policy] = curve.points[static_cast<std::size_t>(curve.best)].strength;
  return trials_with(stage, setup, best);
}

Trial first_alike(const Setup& setup, const Trial& trial) {
  const std::vector<long>& hidden = setup.hidden;
  const bool same_layers =
      trial.stage == "where" ||
      (trial.stage == "depth" && trial.level == static_cast<double>(hidden.size()) &&
       std::all_of(hidden.begin(), hidden.end(), [&](long width) { return width == hidden.front(); }));
  if (!same_layers) return trial;
  const bool all = trial.stage == "depth" || trial.level > 0;
  if (trial.policy == free_name || all == (setup.where == "all"))
    return {"grid", trial.policy, trial.strength, 0, trial.seed};
  return {"where", trial.policy, trial.strength, all ? 1.0 : 0.0, trial.seed};
}

namespace {

std::map<std::string, double> all_at_first_strength(const Setup& setup) {
  std::map<std::string, double> first;
  for (std::size_t k = 0; k < setup.policies.size(); ++k)
    first[setup.policies[k]] = setup.strengths[k].front();
  return first;
}

}  // namespace

std::vector<Trial> planned_trials(const std::string& stage, const Setup& setup) {
  return trials_with(stage, setup, all_at_first_strength(setup));
}

namespace {

bool has(const Setup& setup, const std::string& stage) {
  return std::find(setup.stages.begin(), setup.stages.end(), stage) != setup.stages.end();
}

}  // namespace

double expected_seconds(const Setup& setup, const Speed& speed) {
  const auto fit = static_cast<double>(setup.samples);
  const auto inputs = static_cast<double>(setup.features);
  double runs = 0, cost = 0;
  for (const std::string& stage : setup.stages)
    for (const Trial& trial : planned_trials(stage, setup)) {
      if (const Trial alike = first_alike(setup, trial); alike != trial && has(setup, alike.stage))
        continue;  // is not trained again
      if (stage == "cost")
        cost += 2 * (cost_rounds + 1);
      else if (stage == "few")
        runs += trial.level / fit;
      else if (stage == "irrelevant")
        runs += 1 + trial.level / inputs;
      else
        runs += stage == "depth" ? trial.level : 1;
    }
  const double recurrent =
      setup.recurrent_steps > 0
          ? speed.recurrent_rest + speed.recurrent_step * static_cast<double>(setup.recurrent_steps)
          : 0;
  return (runs * static_cast<double>(setup.epochs) + cost * static_cast<double>(speed.jobs)) * speed.epoch +
         recurrent;
}

void leave_out_recurrent(Setup& setup) {
  std::erase(setup.stages, "recurrent");
  setup.recurrent_steps = 0, setup.chorales = 0;
}

namespace {

/// Keeps the stage "recurrent" to a fifth of the time, or to all of it where there is no other stage.
std::string shorten_recurrent(Setup& setup, const Speed& speed, double seconds, bool may_leave_out) {
  const bool alone = setup.stages.size() == 1;
  const double left = (alone ? seconds : seconds / 5) - speed.recurrent_rest;
  const long before = setup.recurrent_steps, fewest = std::max(1L, before / 5);
  if (before == 0 || speed.recurrent_step * static_cast<double>(before) <= left) return "";
  if (speed.recurrent_step * static_cast<double>(fewest) > left && may_leave_out && !alone) {
    leave_out_recurrent(setup);
    return "no stage \"recurrent\"";
  }
  while (setup.recurrent_steps > fewest &&
         speed.recurrent_step * static_cast<double>(setup.recurrent_steps) > left)
    --setup.recurrent_steps;
  return fmt::format("{} steps of recurrent networks instead of {}", setup.recurrent_steps, before);
}

}  // namespace

std::string shorten(Setup& setup, const Speed& speed, double seconds, bool may_leave_out) {
  const Setup before = setup;
  std::string changes;
  const auto say = [&changes](const std::string& change) {
    if (!change.empty()) changes += (changes.empty() ? "" : ", ") + change;
  };
  const auto too_long = [&] { return expected_seconds(setup, speed) > seconds; };
  if (too_long()) say(shorten_recurrent(setup, speed, seconds, may_leave_out));
  if (setup.stages == std::vector<std::string>{"recurrent"}) return changes;  // nothing else makes it shorter
  if (too_long())
    for (std::vector<double>& strengths : setup.strengths)
      for (std::size_t k = 1; k < strengths.size(); ++k)
        strengths.erase(strengths.begin() + static_cast<std::ptrdiff_t>(k));
  if (setup.strengths != before.strengths) say("every second strength");
  while (too_long() && setup.seeds > 5) --setup.seeds;
  if (setup.seeds < before.seeds) say(fmt::format("{} seeds instead of {}", setup.seeds, before.seeds));
  const long fewest = std::max(1L, before.epochs / 5);
  while (too_long() && setup.epochs > fewest) --setup.epochs;
  if (setup.epochs < before.epochs)
    say(fmt::format("{} epoch{} instead of {}", setup.epochs, setup.epochs == 1 ? "" : "s", before.epochs));
  return changes;
}

}  // namespace study
