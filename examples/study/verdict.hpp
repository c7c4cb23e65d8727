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
  long runs = 0, failed = 0;
  double train = 0, validation = 0;  ///< means of the metric
  Comparison difference{};           ///< of validation to unconstrained, paired; > 0 is better
  bool hurts = false;                ///< the interval of the difference is below 0
};

struct PolicyCurve {
  std::string policy;
  std::vector<GridPoint> points;  ///< from weak to strong
  long best = -1;  ///< the point with the best mean validation metric without a failed run; -1: none
  /// The weakest strength from which on all points hurt; -1: none does.
  long hurts_from = -1;
};

/// The curves of all policies, from the runs of the stage "grid".
std::vector<PolicyCurve> curves(const Setup& setup, const std::vector<Result>& results);

/// A policy at its best strength against the unconstrained network, on the test samples.
struct Finding {
  std::string policy;
  double strength = 0;
  double test = 0, unconstrained = 0;  ///< means of the metric
  Comparison difference{};             ///< paired by seed; > 0 is better
  double corrected_p = 1;              ///< after Holm, over the policies
};

struct Verdict {
  std::vector<Finding> findings;  ///< from the best to the worst mean difference
  long best = -1;                 ///< the policy with the best validation metric in the grid, in `findings`
  std::vector<std::string> sentences;  ///< plain words; each number in them is in `findings` too
};

/// `done` is whether all runs of the stages "grid" and "final" are there.
Verdict verdict(const Setup& setup, const std::vector<Result>& results);

}  // namespace study
