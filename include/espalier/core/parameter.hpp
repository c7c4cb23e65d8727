// SPDX-License-Identifier: MIT
// What a parameter of a model is: its kind, and what a policy did to it in training.
#pragma once

namespace espalier {

/// weight: takes the policies of an optimizer where its layer names none. gain, bias: free unless a policy is
/// put on them by name. buffer: saved with the model, but not trained (running means).
enum class ParameterKind { weight, gain, bias, buffer };

/// How a policy has acted on one parameter during training.
struct Activity {
  long steps = 0;       ///< optimizer steps seen
  long acted = 0;       ///< steps in which it changed anything
  long last_acted = 0;  ///< the latest of those, counted from 1; 0: it has never acted
  double fraction =
      0;  ///< share of the weights (or rows, for a policy on rows) it changed in the latest step

  /// `active` below 0: it was not the policy's turn (Every).
  void record(long active, long all) {
    ++steps;
    if (active < 0) return;
    fraction = all > 0 ? static_cast<double>(active) / static_cast<double>(all) : 0;
    if (active > 0) last_acted = steps, ++acted;
  }
  bool operator==(const Activity&) const = default;
};

}  // namespace espalier
