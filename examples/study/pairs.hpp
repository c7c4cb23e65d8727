// SPDX-License-Identifier: MIT
// Runs of the same seed, side by side.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "trial.hpp"

namespace study {

/// By seed.
using Runs = std::map<long, const Result*>;

/// The runs among `results` of one stage, policy, strength and level. They point into `results`.
Runs runs_of(const std::vector<Result>& results, const std::string& stage, const std::string& policy,
             double strength = 0, double level = 0);

/// The number of that name; NaN if the run failed, has none, or has one that is not finite.
double measured(const Result& run, const std::string& name);

/// All that was measured, in the order of the seeds. What failed is left out.
std::vector<double> measured(const Runs& runs, const std::string& name);

/// The mean; NaN of none.
double mean_of(const std::vector<double>& values);

/// A number of two policies at the seeds that both have.
struct Pairs {
  std::vector<double> ours, theirs;
  std::vector<double> differences;  ///< > 0: ours is better
  long failed = 0;                  ///< pairs left out since either number was not measured
};
Pairs pairs_of(const Runs& ours, const Runs& theirs, const std::string& name, bool larger_is_better);

/// The strengths of a policy of the setup; one 0 where it has none.
std::vector<double> strengths_of(const Setup& setup, const std::string& policy);

/// The policies of the setup without `free_name`.
std::vector<std::string> constrained(const Setup& setup);

}  // namespace study
