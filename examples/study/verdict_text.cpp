// SPDX-License-Identifier: MIT
#include "verdict_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "pairs.hpp"

namespace study {
namespace {

constexpr long fewest_pairs = 3;  ///< fewer have an interval that no constraint leaves

const GridPoint& chosen(const PolicyCurve& curve) {
  return curve.points[static_cast<std::size_t>(curve.best)];
}

std::string left_out(const Finding& found) {
  if (found.failed == 0) return "";
  return fmt::format("; {} of {} pairs left out, since a run of the pair failed", found.failed,
                     found.failed + found.difference.pairs);
}

/// "" where the pairs can be judged.
std::string too_few(const Finding& found) {
  if (found.difference.pairs >= fewest_pairs) return "";
  return fmt::format("nothing can be concluded from {} {}", found.difference.pairs,
                     found.difference.pairs == 1 ? "pair" : "pairs");
}

/// How many runs of a policy failed in a stage.
struct Failures {
  long runs = 0, failed = 0;
};
Failures failures_of(const std::vector<Result>& results, const std::string& stage,
                     const std::string& policy) {
  const Runs runs = runs_of(results, stage, policy);
  const std::size_t whole = measured(runs, stage == "final" ? "test" : "validation").size();
  return {static_cast<long>(runs.size()), static_cast<long>(runs.size() - whole)};
}

bool visible(const Finding& found) { return found.corrected_p <= 0.05; }

/// What the seeds could have shown, where they show nothing.
std::string reach(const Words& words, const Finding& found) {
  if (found.difference.deviation > 0)
    return fmt::format("the smallest that they could have shown is {}", words.size(found.smallest));
  return found.difference.mean == 0 ? "all pairs are equal"
                                    : "all pairs differ by the same, but they are few";
}

/// The policy that validation chose, on the test samples.
std::string of_best(const Words& words, const Finding& found, std::size_t comparisons) {
  const std::string name = words.policy(found.policy, found.strength);
  if (const std::string few = too_few(found); !few.empty())
    return fmt::format("On the test samples: {}: {}{}.", name, few, left_out(found));
  const std::string evidence = fmt::format(
      "On the test samples it has {}, unconstrained {}: a difference of {} ({}, {} after Holm's correction "
      "for {} {}{}).",
      words.metric(found.test), words.value(found.unconstrained), words.change(found.difference.mean),
      words.interval(found.difference), words.p(found.corrected_p), comparisons,
      comparisons == 1 ? "policy" : "policies", left_out(found));
  if (visible(found))
    return fmt::format("{} So {} is {} than no constraint.", evidence, name,
                       found.difference.mean > 0 ? "better" : "worse");
  return fmt::format("{} This is no difference that these seeds can show; {}.", evidence,
                     reach(words, found));
}

/// One line of a policy that is not the best by validation.
std::string of_other(const Words& words, const Finding& found) {
  const std::string name = words.policy(found.policy, found.strength);
  if (const std::string few = too_few(found); !few.empty())
    return fmt::format("{}: {}{}.", name, few, left_out(found));
  const std::string evidence =
      fmt::format("{} ({}, {}{})", words.change(found.difference.mean), words.interval(found.difference),
                  words.p(found.corrected_p), left_out(found));
  if (visible(found))
    return fmt::format("{}: {}, {}.", name, found.difference.mean > 0 ? "better" : "worse", evidence);
  return fmt::format("{}: no visible difference, {}; {}.", name, evidence, reach(words, found));
}

/// The choice by validation, with the unconstrained network for comparison. Pairs say which is better.
std::string of_choice(const Words& words, const std::vector<Result>& results, const PolicyCurve& best) {
  const double unconstrained = mean_of(measured(runs_of(results, "grid", free_name), "validation"));
  const std::string name = words.policy(best.policy, chosen(best).strength);
  const std::string metric = words.metric(chosen(best).validation);
  if (std::isnan(unconstrained))
    return fmt::format("On the validation samples {} is best ({}); all unconstrained runs failed.", name,
                       metric);
  if (chosen(best).difference.mean > 0)
    return fmt::format("On the validation samples {} is best: {}, unconstrained {}.", name, metric,
                       words.value(unconstrained));
  return fmt::format(
      "On the validation samples no policy is better than unconstrained ({}); the best is {} "
      "({}).",
      words.metric(unconstrained), name, metric);
}

/// Is the validation metric of each seed that of the unconstrained run?
bool changes_nothing(const GridPoint& point) {
  return point.difference.pairs > 0 && point.difference.mean == 0 && point.difference.deviation == 0;
}

/// Policies that change nothing at any strength, or at the weakest, which is chosen then; "" without any.
std::string of_idle(const Words& words, const std::vector<PolicyCurve>& curves) {
  std::string never, weak;
  for (const PolicyCurve& curve : curves) {
    if (curve.best < 0 || curve.points.size() < 2 || !changes_nothing(chosen(curve))) continue;
    const bool all = std::all_of(curve.points.begin(), curve.points.end(), changes_nothing);
    std::string& names = all ? never : weak;
    names += (names.empty() ? "" : ", ") + curve.policy;
  }
  const std::string metric = words.setup.metric();
  std::string text;
  if (!never.empty())
    text = fmt::format("No strength of {} changed the validation {} of any seed.", never, metric);
  if (!weak.empty())
    text += fmt::format("{}The chosen strength of {} changed the validation {} of no seed.",
                        text.empty() ? "" : " ", weak, metric);
  return text;
}

/// Policies whose best strength is at an end of their grid and changes something; "" where there is none.
std::string of_ends(const std::vector<PolicyCurve>& curves) {
  std::string weakest, strongest;
  for (const PolicyCurve& curve : curves) {
    if (curve.best < 0 || curve.points.size() < 2 || changes_nothing(chosen(curve))) continue;
    const bool strong = curve.best + 1 == static_cast<long>(curve.points.size());
    if (curve.best > 0 && !strong) continue;
    std::string& names = strong ? strongest : weakest;
    names += (names.empty() ? "" : ", ") + curve.policy;
  }
  if (weakest.empty() && strongest.empty()) return "";
  const std::string weak = weakest.empty() ? "" : "the weakest of the grid for " + weakest;
  const std::string strong = strongest.empty() ? "" : "the strongest of the grid for " + strongest;
  return fmt::format("The chosen strength is {}{}{}: the best may lie beyond.", weak,
                     weak.empty() || strong.empty() ? "" : " and ", strong);
}

/// Where a policy is too strong; "" where no strength is.
std::string of_hurt(const Words& words, const std::vector<Result>& results, const PolicyCurve& curve) {
  if (curve.hurts_from < 0) return "";
  const GridPoint& point = curve.points[static_cast<std::size_t>(curve.hurts_from)];
  const std::string name = words.policy(curve.policy, point.strength);
  const std::string from = fmt::format(
      "{}{}", name, static_cast<long>(curve.points.size()) > curve.hurts_from + 1 ? " and stronger" : "");
  if (point.failed == point.runs) {
    const Failures free = failures_of(results, "grid", free_name);
    return fmt::format("{} is too strong: all runs failed{}.", from,
                       free.failed > 0
                           ? fmt::format(", and {} of {} unconstrained ones", free.failed, free.runs)
                           : std::string());
  }
  const std::string evidence =
      fmt::format("validation {} ({}, not corrected)", words.change(point.difference.mean),
                  words.interval(point.difference));
  if (point.train_difference.high < 0 && point.train_difference.p <= 0.05)
    return fmt::format("{} underfits: {}, and training falls too, {}.", from, evidence,
                       words.change(point.train_difference.mean));
  return fmt::format("{} hurts: {}, while no fall in training is visible ({}).", from, evidence,
                     words.change(point.train_difference.mean));
}

/// The strengths with failed runs; "" where none failed.
std::string of_failures(const Words& words, const std::vector<Result>& results, const PolicyCurve& curve) {
  std::string places;
  for (const GridPoint& point : curve.points)
    if (point.failed > 0)
      places += fmt::format("{}{} ({} of {})", places.empty() ? "" : ", ",
                            words.policy(curve.policy, point.strength), point.failed, point.runs);
  if (places.empty()) return "";
  const bool none = std::all_of(curve.points.begin(), curve.points.end(),
                                [](const GridPoint& point) { return point.failed > 0; });
  const Failures free = failures_of(results, "grid", free_name);
  return fmt::format("Runs failed in {}: {}{}.", places,
                     none ? "each strength has failed runs, so the policy is not compared"
                          : "such a strength is never chosen",
                     free.failed > 0 ? fmt::format(" (of the unconstrained runs {} of {} failed too)",
                                                   free.failed, free.runs)
                                     : std::string());
}

/// A network that fails without a constraint says something about the learning rate or the data.
std::string of_free_failures(const std::vector<Result>& results) {
  std::string places;
  for (const auto& [stage, words] : {std::pair("grid", "the grid"), {"final", "the stage \"final\""}})
    if (const Failures free = failures_of(results, stage, free_name); free.failed > 0)
      places += fmt::format("{}{} of {} unconstrained runs of {}", places.empty() ? "" : " and ", free.failed,
                            free.runs, words);
  if (places.empty()) return "";
  return fmt::format(
      "{} failed: their pairs are left out, and where runs under a policy fail too, "
      "that is not the policy's doing alone (a smaller --learning-rate may help both).",
      places);
}

std::string of_method(const Setup& setup) {
  return fmt::format(
      "The strengths and the best policy were chosen by cross-validation on the training part alone: each "
      "seed holds back another fifth of it as validation samples, drawn at random. "
      "Differences are paired by seed, and positive where the constraint is better ({} {}). The intervals "
      "are Student's over {} seeds, which change the initial weights, the order of the samples and the split "
      "into training and validation samples; the test samples are the same in all runs, so the intervals do "
      "not "
      "speak about other test samples. An interval is that of one policy alone; the p-values on the test "
      "samples are corrected for the number of policies, and 0.05 or less is called better or worse.",
      setup.classification() ? "larger" : "smaller", setup.metric(), setup.seeds);
}

/// What forbids a conclusion; empty: nothing does.
std::vector<std::string> obstacles(const Setup& setup, const std::vector<Result>& results,
                                   const std::vector<PolicyCurve>& curves) {
  if (!has_stage(setup, "grid"))
    return {"The stage \"grid\" is no part of this study, so no strength is chosen and nothing can be said."};
  if (curves.empty()) return {"The study has no policy to compare with the unconstrained network."};
  std::vector<std::string> all;
  if (const std::string missing = missing_runs(setup, results, curves); !missing.empty())
    all.push_back(missing + " There is no verdict yet.");
  if (setup.seeds < fewest_pairs)
    all.push_back(
        fmt::format("Nothing can be concluded from {} {}: at least {} are needed, and {} are usual.",
                    setup.seeds, setup.seeds == 1 ? "seed" : "seeds", fewest_pairs, default_seeds));
  return all;
}

/// The sentences about the best policy by validation, and about the test samples.
std::vector<std::string> of_findings(const Words& words, const std::vector<Result>& results,
                                     const std::vector<PolicyCurve>& curves, const Verdict& verdict,
                                     const PolicyCurve& best) {
  std::vector<std::string> all{of_choice(words, results, best)};
  if (verdict.best < 0)
    all.push_back("The stage \"final\" is no part of this study, so the test samples were not looked at.");
  else
    all.push_back(
        of_best(words, verdict.findings[static_cast<std::size_t>(verdict.best)], verdict.findings.size()));
  for (std::size_t i = 0; i < verdict.findings.size(); ++i)
    if (static_cast<long>(i) != verdict.best) all.push_back(of_other(words, verdict.findings[i]));
  for (const std::string& about : {of_ends(curves), of_idle(words, curves)})
    if (!about.empty()) all.push_back(about);
  return all;
}

}  // namespace

std::vector<std::string> sentences(const Setup& setup, const std::vector<Result>& results,
                                   const std::vector<PolicyCurve>& curves, const Verdict& verdict) {
  const Words words{setup};
  std::vector<std::string> all = obstacles(setup, results, curves);
  const bool judged = all.empty();
  const PolicyCurve* best = best_curve(setup, curves);
  if (judged && !best) all.push_back("No policy has a strength without failed runs, so none is compared.");
  if (judged && best)
    for (std::string& sentence : of_findings(words, results, curves, verdict, *best))
      all.push_back(std::move(sentence));
  const auto add = [&all](std::string sentence) {
    if (!sentence.empty()) all.push_back(std::move(sentence));
  };
  add(of_free_failures(results));
  if (judged)
    for (const PolicyCurve& curve : curves) add(of_hurt(words, results, curve));
  for (const PolicyCurve& curve : curves) add(of_failures(words, results, curve));
  if (judged && best) add(of_method(setup));
  return all;
}

}  // namespace study
