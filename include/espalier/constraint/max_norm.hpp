// SPDX-License-Identifier: MIT
// The Euclidean norm of every neuron's incoming weights is at most a radius.
#pragma once

#include <limits>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// norm(w_j) <= radius for each neuron j, with no tolerance: the norm of the stored numbers, in exact
/// arithmetic, is at most the radius, and weights that satisfy it are not touched (Srebro et al. 2004; Hinton
/// et al. 2012).
struct MaxNorm {
  double radius = 0;
  Metric metric = Metric::step;

  static constexpr std::string_view name = "MaxNorm";
  static constexpr bool sphere = false, solid = true;

  NormBound norm_bound() const { return {radius, metric}; }
  /// A radius below the normal numbers of double would count as zero in a step.
  void validate() const {
    detail::check_positive(name, "radius", radius);
    if (radius < std::numeric_limits<double>::min())
      detail::fail(name, "radius >= 2.3e-308, the least normal double", radius);
  }

  void describe(auto&& f) const { f("radius", radius); }

  bool operator==(const MaxNorm&) const = default;
};

}  // namespace espalier
