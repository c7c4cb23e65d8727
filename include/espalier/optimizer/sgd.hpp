// SPDX-License-Identifier: MIT
// Stochastic gradient descent, with momentum or Nesterov's.
#pragma once

#include "espalier/optimizer/optimizer.hpp"

namespace espalier {

/// m = momentum m + g;  w -= rate m, or rate (g + momentum m) for Nesterov: torch.optim.SGD without dampening
/// (Sutskever et al. 2013).
struct SGDRule {
  double rate = 1e-2, momentum_factor = 0;
  bool nesterov = false;
  AtBound at_bound = AtBound::keep;

  static constexpr bool adaptive = false, rests_at_zero = true;

  void validate() const {
    detail::check_positive_float("SGD", "rate", rate);
    detail::check_below_one("SGD", "momentum_factor", momentum_factor);
    if (nesterov && momentum_factor == 0)
      detail::fail("SGD", "momentum_factor > 0 with nesterov", momentum_factor);
    if (nesterov && at_bound == AtBound::displacement)
      detail::fail("SGD", "at_bound keep, zero or tangent with nesterov, whose step is not its momentum's",
                   "displacement");
  }
  int states() const { return momentum_factor > 0 ? 1 : 0; }
  int momentum() const { return states() - 1; }

  template <Scalar S>
  struct Kernel {
    S rate, mu;
    bool nesterov;

    EIGEN_ALWAYS_INLINE void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>&) const {
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
    S momentum_step(S t) const { return t; }
  };

  template <Scalar S>
  Kernel<S> kernel(long, double eta) const {
    return {static_cast<S>(eta), static_cast<S>(momentum_factor), nesterov};
  }
};

static_assert(Rule<SGDRule>);

/// `SGD optimizer{{.rate = 0.1, .momentum_factor = 0.9}};`
template <class... Extras>
struct SGD : Optimizer<SGDRule, Extras...> {
  using Optimizer<SGDRule, Extras...>::Optimizer;
};
SGD()->SGD<>;
template <class... Extras>
SGD(SGDRule, Extras...) -> SGD<Extras...>;

}  // namespace espalier
