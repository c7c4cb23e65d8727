// SPDX-License-Identifier: MIT
// The L2 penalty, coupled: its gradient joins the loss gradient before the optimizer's moments.
#pragma once

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier {

/// strength / 2 * sum w^2, gradient strength * w. This is torch.optim.Adam(weight_decay=strength); Keras'
/// l2(s) has twice the gradient. With an adaptive optimizer it is not WeightDecay (Loshchilov & Hutter 2019).
/// Gradient transforms see it: ClipNorm clips the sum of both gradients, PyTorch's recipe that of the loss.
struct L2 {
  double strength = 0;

  static constexpr std::string_view name = "L2";

  template <Scalar S>
  S value(S w) const {
    return static_cast<S>(strength / 2) * w * w;
  }
  template <Scalar S>
  S gradient(S w) const {
    return static_cast<S>(strength) * w;
  }
  template <Scalar S>
  Line<S> gradient(const Line<S>& w) const {
    return static_cast<S>(strength) * w;
  }
  void validate() const { detail::check_not_negative(name, "strength", strength); }
  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const L2&) const = default;
};

}  // namespace espalier
