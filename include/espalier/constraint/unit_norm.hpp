// SPDX-License-Identifier: MIT
// The Euclidean norm of every neuron's incoming weights is one.
#pragma once

#include "espalier/core/policy.hpp"

namespace espalier {

/// norm(w_j) = 1 for each neuron j, within 2 units of roundoff of the precision. A zero row goes to a unit
/// vector: along the coordinate with the largest step, the first of equals. Together with NonNegative or L1 a
/// row is met in the metric of the step too, except where no multiplier gives it unit norm (all that is left
/// of it has smaller steps, and is too short): then the Euclidean nearest point has to do.
struct UnitNorm {
  Metric metric = Metric::step;

  static constexpr std::string_view name = "UnitNorm";
  static constexpr bool sphere = true;

  NormBound norm_bound() const { return {1, metric}; }

  bool operator==(const UnitNorm&) const = default;
};

static_assert(NormSet<UnitNorm> && Policy<UnitNorm>);

}  // namespace espalier
