// SPDX-License-Identifier: MIT
// Lion: every weight moves by the learning rate, in the direction of an interpolated momentum's sign.
#pragma once

#include "espalier/optimizer/optimizer.hpp"

namespace espalier {

/// w -= rate sign(beta1 m + (1 - beta1) g);  m = beta2 m + (1 - beta2) g  (Chen et al. 2023, algorithm 2).
/// Its decay is the policy WeightDecay.
struct LionRule {
  double learning_rate = 1e-4, beta1 = 0.9, beta2 = 0.99;
  AtBound at_bound =
      AtBound::keep;  ///< not displacement: the step is a sign and tells nothing of a momentum's size

  static constexpr bool adaptive = false, rests_at_zero = true;

  void validate() const {
    detail::check_positive_float("Lion", "learning_rate", learning_rate);
    detail::check_fraction("Lion", "beta1", beta1);
    detail::check_fraction("Lion", "beta2", beta2);
    if (at_bound == AtBound::displacement)
      detail::fail("Lion", "at_bound keep, zero or tangent", "displacement");
  }
  static constexpr int states() { return 1; }
  int momentum_state() const { return 0; }

  template <Scalar S>
  struct Kernel {
    S rate, keep1, add1, keep2, add2;

    EIGEN_ALWAYS_INLINE void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>&) const {
      Line<S>& m = s[0];
      w -= rate * (keep1 * m + add1 * g).sign();
      m = keep2 * m + add2 * g;
    }
    S momentum_step(S t) const { return t; }
  };

  template <Scalar S>
  Kernel<S> kernel(long, double eta) const {
    return {static_cast<S>(eta), static_cast<S>(beta1), static_cast<S>(1 - beta1), static_cast<S>(beta2),
            static_cast<S>(1 - beta2)};
  }
};

static_assert(Rule<LionRule>);

/// `Lion optimizer{{.learning_rate = 1e-4}};`
template <class... Extras>
struct Lion : Optimizer<LionRule, Extras...> {
  using Optimizer<LionRule, Extras...>::Optimizer;
};
Lion()->Lion<>;
template <class... Extras>
Lion(LionRule, Extras...) -> Lion<Extras...>;

}  // namespace espalier
