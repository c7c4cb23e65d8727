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

/// About how long the study takes without its stage "recurrent", in seconds of one thread, if a run of the
/// setup's network takes `seconds_of_run`.
double expected_seconds(const Setup& setup, double seconds_of_run);

/// Makes a study smaller until it is expected to end within `seconds` of one thread: every second strength
/// first, then fewer seeds (5 at least), then fewer epochs (a fifth at least). Returns what was changed, in
/// words; empty: nothing.
std::string shorten(Setup& setup, double seconds_of_run, double seconds);

}  // namespace study
