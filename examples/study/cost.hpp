// SPDX-License-Identifier: MIT
// What a policy costs: seconds of an epoch under it to those of an unconstrained one, measured in turns.
#pragma once

#include "grid.hpp"

namespace study {

/// Writes ratio, the median of some rounds, and [ratios] of the rounds. Nothing else should run meanwhile.
Result measure_cost(const Bench& bench, const Trial& trial, bool all, const Entry& entry);

}  // namespace study
