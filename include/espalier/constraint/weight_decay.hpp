// SPDX-License-Identifier: MIT
// Weight decay, decoupled from the loss: Adam with WeightDecay is AdamW.
#pragma once

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// w *= 1 - eta * strength before the step, as AdamW does in PyTorch and Keras. With `schedule_only` the
/// factor is 1 - (eta / eta_0) * strength, eta_0 the base learning rate: the form of the paper (Loshchilov &
/// Hutter 2019, alg. 2).
///
/// With `cautious` only weights that the step of the rule does not make larger decay, w u >= 0 where the step
/// is w -= eta u (Chen et al. 2025, arXiv 2510.12402, equation 1): u is what the rule makes of the gradients,
/// smooth penalties, transforms and moments included, and sets and penalties with a prox come after it. A
/// weight with u = 0 decays. Plain decay moves the point at which training comes to rest; this leaves it
/// where it is as the rate falls, since a weight that decays past it is spared. Refused, as all decay, under
/// a rule that shrinks weights by itself, as Scion.
struct WeightDecay {
  double strength = 0;
  bool schedule_only = false, cautious = false;

  static constexpr std::string_view name = "WeightDecay";

  /// `eta` is the learning rate of this step, `base` the one before the schedule.
  double shrink(double eta, double base) const { return 1 - (schedule_only ? eta / base : eta) * strength; }
  void validate() const { detail::check_not_negative(name, "strength", strength); }
  void describe(auto&& f) const {
    f("strength", strength);
    if (schedule_only) f("schedule_only", "true");
    if (cautious) f("cautious", "true");
  }

  bool operator==(const WeightDecay&) const = default;
};

}  // namespace espalier
