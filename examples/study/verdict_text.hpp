// SPDX-License-Identifier: MIT
// The sentences of a verdict.
#pragma once

#include <string>
#include <vector>

#include "verdict.hpp"

namespace study {

/// `curves` and the rest of `verdict` are of the same results.
std::vector<std::string> sentences(const Setup& setup, const std::vector<Result>& results,
                                   const std::vector<PolicyCurve>& curves, const Verdict& verdict);

/// What is missing of the stage "grid" or, when that is whole, of "final"; empty: nothing.
std::string missing_runs(const Setup& setup, const std::vector<Result>& results,
                         const std::vector<PolicyCurve>& curves);

/// Is the stage part of the study? A setup without stages has all.
bool has_stage(const Setup& setup, const std::string& stage);

/// Numbers as the sentences write them: accuracies in percent, errors in the units of the target.
struct Words {
  const Setup& setup;

  std::string value(double metric) const;            ///< "95.28 %"
  std::string metric(double value) const;            ///< "accuracy 95.28 %"
  std::string signed_number(double value) const;     ///< "+1.20", without the unit
  std::string change(double value) const;            ///< "+1.20 percentage points"
  std::string size(double value) const;              ///< "1.20 percentage points"
  std::string interval(const Comparison& of) const;  ///< "95 % interval +0.50 to +1.90"
  std::string p(double value) const;                 ///< "p = 0.012" or "p < 0.001"
  /// "max_norm at 3"; without a number where the policy has none.
  std::string policy(const std::string& name, double strength) const;
};

}  // namespace study
