// SPDX-License-Identifier: MIT
// The Euclidean norm of every neuron's incoming weights is between two bounds.
#pragma once

#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// lo <= norm(w_j) <= hi for each neuron j, both with no tolerance: of the stored numbers, in exact
/// arithmetic. Weights that satisfy it are not touched. A vector that is too long goes where MaxNorm{hi}
/// moves it, and one that is too short to the nearest point of the sphere of radius lo in the metric of the
/// step, as UnitNorm does for 1, and from there outward by a few roundings at most. A zero vector goes along
/// the coordinate with the largest step, the first of equals.
///
/// Beside it are homogeneous policies of single weights, as NonNegative, Mask and L1; Clip is refused. Where
/// lo is 0 it is MaxNorm. (Keras' MinMaxNorm adds 1e-7 to norms, and goes part of the way with `rate` < 1.)
struct MinMaxNorm {
  double lo = 0, hi = 1;
  Metric metric = Metric::step;

  static constexpr std::string_view name = "MinMaxNorm";
  static constexpr bool sphere = false, shell = true;

  template <class Q>
  static constexpr bool meets() {
    static_assert(
        !(ElementSet<Q> || ProximalPenalty<Q>) || homogeneous_policy<Q>(),
        "MinMaxNorm with a set or penalty that is not homogeneous, as Clip, has no exact projection: "
        "write MaxNorm instead of MinMaxNorm, or NonNegative instead of Clip");
    return true;
  }

  NormBound norm_bound() const { return {hi, metric, lo}; }
  /// Floats have no room between bounds that are closer than a few units of roundoff.
  void validate() const {
    detail::check_positive_float(name, "hi", hi);
    if (lo != 0 && !(lo >= 1e-30)) detail::fail(name, "lo = 0, or lo >= 1e-30", lo);
    if (!(hi >= lo * (1 + 1e-6)))
      detail::fail(name, {"hi above lo = {} by one part in a million (UnitNorm is for one norm)", {lo}}, hi);
  }

  void describe(auto&& f) const { f("lo", lo), f("hi", hi); }

  bool operator==(const MinMaxNorm&) const = default;
};

}  // namespace espalier
