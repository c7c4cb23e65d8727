// SPDX-License-Identifier: MIT
// The Euclidean norm of every neuron's incoming weights is one.
#pragma once

#include "espalier/core/policy.hpp"

namespace espalier {

/// norm(w_j) = 1 for each neuron j, within 2 units of roundoff of the precision, in exact arithmetic. A zero
/// row goes to a unit vector: along the coordinate with the largest step, the first of equals. Together with
/// NonNegative or L1, too, a row goes to the nearest point in the metric of the step: with c_i = |y_i| -
/// strength t_i (y_i where it may not be negative) that is x_i = c_i / (1 + mu t_i) where c_i > 0 and zero
/// elsewhere, up to one coordinate whose step is so much larger that it is cheaper to move it against its c_i
/// < 0. Where no c_i is positive or zero, that coordinate is all of x.
struct UnitNorm {
  Metric metric = Metric::step;

  static constexpr std::string_view name = "UnitNorm";
  static constexpr bool sphere = true;

  NormBound norm_bound() const { return {1, metric}; }

  bool operator==(const UnitNorm&) const = default;
};

}  // namespace espalier
