// SPDX-License-Identifier: MIT
// Stochastic gradient descent, with momentum or Nesterov's.
#pragma once

#include <array>
#include <string_view>

#include "espalier/optimizer/rule.hpp"

namespace espalier {

/// m = momentum m + g;  w -= rate m, or rate (g + momentum m) for Nesterov: torch.optim.SGD without dampening
/// (Sutskever et al. 2013). At rest m = g / (1 - momentum), so that the step size is rate / (1 - momentum);
/// after k steps rate (1 - momentum^k) / (1 - momentum), for Nesterov with k + 1. That is of a momentum that
/// nobody changes: what `at_bound` takes from it is not counted.
struct SGD {
  double learning_rate = 1e-2, momentum = 0;
  bool nesterov = false;
  AtBound at_bound = AtBound::keep;

  static constexpr bool adaptive = false, rests_at_zero = true;
  static constexpr std::string_view name = "SGD";
  static constexpr std::array<std::string_view, 1> state_names{"momentum"};

  void validate() const {
    detail::check_positive_float("SGD", "learning_rate", learning_rate);
    detail::check_fraction("SGD", "momentum", momentum);
    if (nesterov && momentum == 0) detail::fail("SGD", "momentum > 0 with nesterov", momentum);
    if (nesterov && at_bound == AtBound::displacement)
      detail::fail("SGD", "at_bound keep, zero or tangent with nesterov, whose step is not its momentum's",
                   "displacement");
  }
  void describe(auto&& f) const { f("momentum", momentum), f("nesterov", nesterov ? "true" : "false"); }
  int states() const { return momentum > 0 ? 1 : 0; }
  int momentum_state() const { return states() - 1; }

  template <Scalar S>
  struct Kernel {
    S rate, mu, step;
    bool nesterov;

    ESPALIER_INLINE void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>&) const {
      if (mu == 0) {
        w -= rate * g;
        return;
      }
      Line<S>& m = s[0];
      m = mu * m + g;
      if (nesterov)
        w -= rate * (g + mu * m);
      else
        w -= rate * m;
    }
    S momentum_step(S) const { return rate; }
    S step_size() const { return step; }
  };

  template <Scalar S>
  Kernel<S> kernel(long k, double eta) const {
    const double gradients = detail::share_after(k + int{nesterov}, momentum) / (1 - momentum);
    return {static_cast<S>(eta), static_cast<S>(momentum), static_cast<S>(eta * gradients), nesterov};
  }
};

}  // namespace espalier
