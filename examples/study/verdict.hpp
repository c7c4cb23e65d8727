// SPDX-License-Identifier: MIT
// What the results say: the best strength of each policy, its difference to the unconstrained network, and
// the sentences about that.
#pragma once

#include <string>
#include <vector>

#include "statistics.hpp"
#include "trial.hpp"

namespace study {

/// How a policy does at one strength, over the seeds of the grid.
struct GridPoint {
  double strength = 0;
  long runs = 0, failed = 0;         ///< a metric that is no finite number is a failure too
  double train = 0, validation = 0;  ///< means of the metric over the runs that did not fail
  Comparison difference{};           ///< of validation to unconstrained, paired; > 0 is better
  Comparison train_difference{};     ///< the same of train
  /// The interval of the difference is below 0, or all runs failed, and not all of the unconstrained ones.
  bool hurts = false;
};

struct PolicyCurve {
  std::string policy;
  std::vector<GridPoint> points;  ///< from weak to strong
  /// The point with the best mean validation metric of those without a failed run; of equal ones the weakest.
  /// -1: all have one, or runs of this policy are missing (Setup::seeds at each strength).
  long best = -1;
  /// The weakest strength from which on all points hurt; -1: none does.
  long hurts_from = -1;
};

/// The curves of all policies but `free_name`, from the runs of the stage "grid".
std::vector<PolicyCurve> curves(const Setup& setup, const std::vector<Result>& results);

/// The curve with the best validation metric at its best strength; of equal ones the first. nullptr: no
/// policy has a best strength.
const PolicyCurve* best_curve(const Setup& setup, const std::vector<PolicyCurve>& curves);

/// A policy at its best strength against the unconstrained network, on the test samples.
struct Finding {
  std::string policy;
  double strength = 0;
  double test = 0, unconstrained = 0;  ///< means of the metric over the pairs; NaN: none
  Comparison difference{};             ///< paired by seed; > 0 is better
  double corrected_p = 1;              ///< after Holm, over the policies
  double smallest = 0;                 ///< mean difference that these pairs could have shown; infinite: none
  long failed = 0, missing = 0;        ///< pairs left out: a run of the pair failed, or is not there yet
};

struct Verdict {
  std::vector<Finding> findings;  ///< from the best to the worst mean difference
  long best = -1;                 ///< the policy with the best validation metric in the grid, in `findings`
  std::vector<std::string> sentences;  ///< plain words; each number in them is in `findings` too
};

/// Of a study that may be unfinished: runs of "grid" and "final" that `setup` promises and that are not among
/// the results are said to be missing, and what depends on them is left open.
Verdict verdict(const Setup& setup, const std::vector<Result>& results);

/// A number of one policy at one level of a stage.
struct LevelPoint {
  std::string policy;
  double level = 0;
  long runs = 0, failed = 0;  ///< failed: the run did, or its number is not finite
  double mean = 0;            ///< over the runs that did not fail; NaN: none
  Comparison difference{};    ///< paired by seed, to unconstrained at this level; > 0 is better
  Comparison value{};         ///< of the number itself over the seeds: its mean with an interval
  double strength = 0;
};

/// Of all runs of a stage: unconstrained first, then in the order of the setup's policies; levels rise, and
/// strengths as they are in the setup. Where unconstrained has no run at a level, `difference` has no pairs.
std::vector<LevelPoint> levels(const Setup& setup, const std::vector<Result>& results,
                               const std::string& stage, const std::string& number, bool larger_is_better);

}  // namespace study
