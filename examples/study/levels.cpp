// SPDX-License-Identifier: MIT
#include <algorithm>
#include <compare>
#include <cstddef>
#include <set>
#include <utility>

#include "pairs.hpp"
#include "verdict.hpp"

namespace study {
namespace {

/// What tells a point from others, in the order of the points: the places of policy and strength in the
/// setup, then their own values for those that the setup does not name.
struct Place {
  std::ptrdiff_t policy;
  std::string name;
  double level;
  std::ptrdiff_t position;
  double strength;
  auto operator<=>(const Place&) const = default;
};

Place place_of(const Setup& setup, const Trial& trial) {
  Place place{-1, trial.policy, trial.level, 0, trial.strength};
  if (trial.policy == free_name) return place;
  const std::vector<std::string>& policies = setup.policies;
  place.policy = std::find(policies.begin(), policies.end(), trial.policy) - policies.begin();
  const std::vector<double> strengths = strengths_of(setup, trial.policy);
  place.position = std::find(strengths.begin(), strengths.end(), trial.strength) - strengths.begin();
  return place;
}

}  // namespace

std::vector<LevelPoint> levels(const Setup& setup, const std::vector<Result>& results,
                               const std::string& stage, const std::string& number, bool larger_is_better) {
  std::set<Place> places;
  for (const Result& result : results)
    if (result.trial.stage == stage) places.insert(place_of(setup, result.trial));
  std::vector<LevelPoint> points;
  for (const Place& place : places) {
    const Runs runs = runs_of(results, stage, place.name, place.strength, place.level);
    const std::vector<double> values = measured(runs, number);
    LevelPoint point{.policy = place.name, .level = place.level, .strength = place.strength};
    point.runs = static_cast<long>(runs.size());
    point.failed = point.runs - static_cast<long>(values.size());
    point.mean = mean_of(values);
    point.value = compare(values);
    const Runs unconstrained =
        place.name == free_name ? Runs{} : runs_of(results, stage, free_name, 0, place.level);
    point.difference = compare(pairs_of(runs, unconstrained, number, larger_is_better).differences);
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace study
