// SPDX-License-Identifier: MIT
#include "verdict.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "pairs.hpp"
#include "verdict_text.hpp"

namespace study {
namespace {

GridPoint grid_point(const Setup& setup, const Runs& runs, const Runs& unconstrained, double strength) {
  const std::vector<double> validation = measured(runs, "validation");
  GridPoint point{.strength = strength, .runs = static_cast<long>(runs.size())};
  point.failed = point.runs - static_cast<long>(validation.size());
  point.train = mean_of(measured(runs, "train"));
  point.validation = mean_of(validation);
  const bool larger = setup.classification();
  point.difference = compare(pairs_of(runs, unconstrained, "validation", larger).differences);
  point.train_difference = compare(pairs_of(runs, unconstrained, "train", larger).differences);
  // Of few differences that are all equal the interval has no width, and p is that of their signs.
  point.hurts = (point.difference.high < 0 && point.difference.p <= 0.05) ||
                (point.runs > 0 && point.failed == point.runs &&
                 (unconstrained.empty() || !measured(unconstrained, "validation").empty()));
  return point;
}

/// Is the metric `a` better than `b` by more than the rounding of a mean?
bool better(const Setup& setup, double a, double b) {
  const double gain = setup.classification() ? a - b : b - a;
  return gain > 1e-12 * std::max(std::abs(a), std::abs(b));
}

/// PolicyCurve::best. Means over other seeds could not be compared, so each strength must have all.
long best_point(const Setup& setup, const std::vector<GridPoint>& points) {
  long best = -1;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].runs < std::max(1L, setup.seeds)) return -1;
    if (points[i].failed > 0) continue;
    if (best < 0 || better(setup, points[i].validation, points[static_cast<std::size_t>(best)].validation))
      best = static_cast<long>(i);
  }
  return best;
}

long first_of_hurting(const std::vector<GridPoint>& points) {
  long from = static_cast<long>(points.size());
  while (from > 0 && points[static_cast<std::size_t>(from - 1)].hurts) --from;
  return from == static_cast<long>(points.size()) ? -1 : from;
}

Finding finding(const Setup& setup, const std::vector<Result>& results, const PolicyCurve& curve) {
  Finding found{.policy = curve.policy,
                .strength = curve.points[static_cast<std::size_t>(curve.best)].strength};
  const Runs ours = runs_of(results, "final", found.policy, found.strength);
  const Pairs pairs = pairs_of(ours, runs_of(results, "final", free_name), "test", setup.classification());
  found.test = mean_of(pairs.ours);
  found.unconstrained = mean_of(pairs.theirs);
  found.difference = compare(pairs.differences);
  found.failed = pairs.failed;
  found.missing = std::max(0L, setup.seeds - found.difference.pairs - pairs.failed);
  return found;
}

/// Over all policies that were chosen for the stage, whether or not their runs failed.
void correct(std::vector<Finding>& findings) {
  std::vector<double> p;
  for (const Finding& found : findings) p.push_back(found.difference.p);
  const std::vector<double> corrected = holm(p);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    Finding& found = findings[i];
    found.corrected_p = corrected[i];
    const double deviations = smallest_visible(found.difference.pairs, static_cast<long>(findings.size()));
    found.smallest = found.difference.pairs < 2 ? deviations : deviations * found.difference.deviation;
  }
}

}  // namespace

std::vector<PolicyCurve> curves(const Setup& setup, const std::vector<Result>& results) {
  const Runs unconstrained = runs_of(results, "grid", free_name);
  std::vector<PolicyCurve> all;
  for (const std::string& policy : constrained(setup)) {
    PolicyCurve curve{.policy = policy, .points = {}};
    for (const double strength : strengths_of(setup, policy))
      curve.points.push_back(
          grid_point(setup, runs_of(results, "grid", policy, strength), unconstrained, strength));
    curve.best = best_point(setup, curve.points);
    curve.hurts_from = first_of_hurting(curve.points);
    all.push_back(std::move(curve));
  }
  return all;
}

const PolicyCurve* best_curve(const Setup& setup, const std::vector<PolicyCurve>& all) {
  const PolicyCurve* best = nullptr;
  const auto metric = [](const PolicyCurve& curve) {
    return curve.points[static_cast<std::size_t>(curve.best)].validation;
  };
  for (const PolicyCurve& curve : all)
    if (curve.best >= 0 && (!best || better(setup, metric(curve), metric(*best)))) best = &curve;
  return best;
}

Verdict verdict(const Setup& setup, const std::vector<Result>& results) {
  const std::vector<PolicyCurve> all = curves(setup, results);
  Verdict said;
  const bool looked = std::any_of(results.begin(), results.end(),
                                  [](const Result& result) { return result.trial.stage == "final"; });
  for (const PolicyCurve& curve : all)
    if (looked && curve.best >= 0) said.findings.push_back(finding(setup, results, curve));
  correct(said.findings);
  const auto rank = [](const Finding& found) {
    return found.difference.pairs > 0 ? -found.difference.mean : std::numeric_limits<double>::infinity();
  };
  std::stable_sort(said.findings.begin(), said.findings.end(),
                   [&rank](const Finding& a, const Finding& b) { return rank(a) < rank(b); });
  if (const PolicyCurve* best = best_curve(setup, all))
    for (std::size_t i = 0; i < said.findings.size(); ++i)
      if (said.findings[i].policy == best->policy) said.best = static_cast<long>(i);
  said.sentences = sentences(setup, results, all, said);
  return said;
}

}  // namespace study
