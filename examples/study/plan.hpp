// SPDX-License-Identifier: MIT
// Which runs a study consists of.
#pragma once

#include <string>
#include <vector>

#include "trial.hpp"

namespace study {

/// Seeds of the stages behind "final", whose questions are coarser.
inline constexpr long side_seeds = 5;

/// The runs of a stage, in the order in which they are done: seed by seed, so that an interrupted stage has
/// pairs. Stages behind "grid" take each policy at its best strength there, and leave out one that failed at
/// every strength. Empty for the stage "recurrent", whose networks and data are its own (recurrent.hpp).
std::vector<Trial> trials_of(const std::string& stage, const Setup& setup,
                             const std::vector<Result>& results);

/// The run of an earlier stage that trains the same network on the same samples, whose result is that of the
/// trial too; the trial itself where there is none. Stages "where" and "depth" ask for such runs: a network
/// without constraint is the same wherever one would be.
Trial first_alike(const Setup& setup, const Trial& trial);

/// trials_of before anything is known of strengths: each policy at its first one.
std::vector<Trial> planned_trials(const std::string& stage, const Setup& setup);

/// Rounds of the stage "cost", each with an epoch of both networks, behind one that warms up.
inline constexpr int cost_rounds = 9;

/// How long runs take, in seconds of one thread.
struct Speed {
  double epoch = 0;           ///< of the setup's network on all training samples
  long jobs = 1;              ///< threads, all but one of which wait in the stage "cost"
  double recurrent_step = 0;  ///< of all runs of the stage "recurrent" together: a step of training,
  double recurrent_rest = 0;  ///< and what does not depend on the steps
};

/// About how long the study takes, in seconds of one thread.
double expected_seconds(const Setup& setup, const Speed& speed);

/// Makes a study smaller until it is expected to end within `seconds` of one thread: first the stage
/// "recurrent" is kept to a fifth of them with fewer steps (a fifth at least), or left out if it may be; then
/// every second strength, fewer seeds (5 at least) and fewer epochs (a fifth at least). Returns what was
/// changed, in words; empty: nothing. It may still be too long.
std::string shorten(Setup& setup, const Speed& speed, double seconds, bool may_leave_out = true);

/// Takes the stage "recurrent" out of a study.
void leave_out_recurrent(Setup& setup);

}  // namespace study
