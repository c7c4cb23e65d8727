// SPDX-License-Identifier: MIT
// Lion: every weight moves by the learning rate, in the direction of an interpolated momentum's sign.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <string_view>

#include "espalier/optimizer/rule.hpp"

namespace espalier {

/// c = beta1 m + (1 - beta1) g;  w -= rate sign(c);  m = beta2 m + (1 - beta2) g  (Chen et al. 2023,
/// algorithm 2). Its decay is the policy WeightDecay. The sign is c / |c|: a gradient step with step size
/// rate / |c|, in whose metric sets are projected onto. Under a penalty with a prox, as L1, both are divided
/// by max(|c|, strength) instead: where a gradient is weaker than the penalty, its sign is not the last word.
struct Lion {
  double learning_rate = 1e-4, beta1 = 0.9, beta2 = 0.99;
  AtBound at_bound =
      AtBound::keep;  ///< not displacement: the step is a sign and tells nothing of a momentum's size

  static constexpr bool adaptive = true, rests_at_zero = true;
  static constexpr std::string_view name = "Lion";
  static constexpr std::array<std::string_view, 1> state_names{"momentum"};

  void validate() const {
    detail::check_positive_float("Lion", "learning_rate", learning_rate);
    detail::check_fraction("Lion", "beta1", beta1);
    detail::check_fraction("Lion", "beta2", beta2);
    if (at_bound == AtBound::displacement)
      detail::fail("Lion", "at_bound keep, zero or tangent", "displacement");
  }
  void describe(auto&& f) const { f("beta1", beta1), f("beta2", beta2); }
  static constexpr int states() { return 1; }
  int momentum_state() const { return 0; }

  template <Scalar S>
  struct Kernel {
    S rate, keep1, add1, keep2, add2, least;

    template <class Strength = NoPenalty>
    ESPALIER_INLINE void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>& t,
                                    Strength strength = {}) const {
      Line<S>& m = s[0];
      const Line<S> c = keep1 * m + add1 * g, size = detail::at_least(c.abs().max(least), strength);
      if constexpr (std::same_as<Strength, NoPenalty>)
        w -= rate * c.sign();
      else
        w -= rate * (c / size);  // x / x is 1 exactly
      t = rate / size;
      m = keep2 * m + add2 * g;
    }
    S momentum_step(S t) const { return t; }
  };

  template <Scalar S>
  Kernel<S> kernel(long, double eta) const {
    // A size of c that no rate divided by it overflows.
    const double least = std::max(1e-30, 1e-36 * eta);
    return {static_cast<S>(eta),   static_cast<S>(beta1),     static_cast<S>(1 - beta1),
            static_cast<S>(beta2), static_cast<S>(1 - beta2), static_cast<S>(least)};
  }
};

}  // namespace espalier
