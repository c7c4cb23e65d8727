// SPDX-License-Identifier: MIT
// Weight decay, decoupled from the loss: Adam with WeightDecay is AdamW.
#pragma once

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// w *= 1 - eta * strength before the step, as AdamW does in PyTorch and Keras. With `schedule_only` the
/// factor is 1 - (eta / eta_0) * strength, eta_0 the base learning rate: the form of the paper (Loshchilov &
/// Hutter 2019, alg. 2).
struct WeightDecay {
  double strength = 0;
  bool schedule_only = false;

  static constexpr std::string_view name = "WeightDecay";

  /// `eta` is the learning rate of this step, `base` the one before the schedule.
  double shrink(double eta, double base) const { return 1 - (schedule_only ? eta / base : eta) * strength; }
  void validate() const { detail::check_not_negative(name, "strength", strength); }
  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const WeightDecay&) const = default;
};

}  // namespace espalier
