// SPDX-License-Identifier: MIT
// The L1 penalty, by its proximal operator: weights that do not pay for themselves are exactly zero.
#pragma once

#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier {

/// strength * sum |w|. The step is followed by soft(y, strength * t), t the step size of that coordinate (for
/// Adam eta / max(sqrt(vhat) + eps, strength)); never through the gradient, which would leave no weight at
/// zero (Parikh & Boyd 2014, 6.5.2).
struct L1 {
  double strength = 0;

  static constexpr std::string_view name = "L1";
  static constexpr bool keeps_finite = true;
  static constexpr bool homogeneous = true;

  template <Scalar S>
  S value(S w) const {
    return static_cast<S>(strength) * (w < 0 ? -w : w);
  }
  template <Scalar S>
  S prox(S y, S t) const {
    const S threshold = static_cast<S>(strength) * t;
    const S raised = y < -threshold ? -threshold : y;  // y, clipped to [-threshold, threshold]; NaN stays
    return y - (raised > threshold ? threshold : raised);
  }
  template <Scalar S>
  Line<S> prox(const Line<S>& y, const Line<S>& t) const {
    const Line<S> threshold = static_cast<S>(strength) * t;
    return y - y.max(-threshold).min(threshold);
  }
  double slope_bound() const { return strength; }
  /// A strength that is infinite as a float makes NaN of a step size of 0.
  void validate() const {
    detail::check_not_negative(name, "strength", strength);
    if (!std::isfinite(static_cast<float>(strength)))
      detail::fail(name, "a strength that is finite also as a float", strength);
  }

  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const L1&) const = default;
};

}  // namespace espalier
