// SPDX-License-Identifier: MIT
// RMSProp: the gradient over the root of its mean square.
#pragma once

#include <array>
#include <string_view>

#include "espalier/optimizer/rule.hpp"

namespace espalier {

/// v = smoothing v + (1 - smoothing) g^2;  w -= rate g / (sqrt(v) + epsilon) (Hinton 2012, lecture 6e), as
/// torch.optim.RMSprop: `centered` takes the mean of g from v (Graves 2013), `momentum` accumulates
/// the quotient, whose step size is then larger as SGD's is. Both together know no step size where a gradient
/// is constant, as at a bound: docs/numerics.md. Under a penalty with a prox, as L1, the divisor is at least
/// the penalty's strength.
struct RMSProp {
  double learning_rate = 1e-2, smoothing = 0.99, epsilon = 1e-8, momentum = 0;
  bool centered = false;
  AtBound at_bound = AtBound::keep;

  static constexpr bool adaptive = true, rests_at_zero = true;
  static constexpr std::string_view name = "RMSProp";
  static constexpr std::array<std::string_view, 3> state_names{"mean_square", "momentum", "mean"};

  void validate() const {
    detail::check_positive_float("RMSProp", "learning_rate", learning_rate);
    detail::check_fraction("RMSProp", "smoothing", smoothing);
    detail::check_positive_float("RMSProp", "epsilon", epsilon);
    detail::check_fraction("RMSProp", "momentum", momentum);
  }
  void describe(auto&& f) const {
    f("smoothing", smoothing), f("epsilon", epsilon), f("momentum", momentum);
    f("centered", centered ? "true" : "false");
  }
  int states() const { return centered ? 3 : momentum > 0 ? 2 : 1; }
  int momentum_state() const { return momentum > 0 ? 1 : -1; }

  template <Scalar S>
  struct Kernel {
    S rate, keep, add, epsilon, mu, step;
    bool centered;

    template <class Strength = NoPenalty>
    ESPALIER_INLINE void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>& t,
                                    Strength strength = {}) const {
      auto& [v, m, mean] = s;
      v = keep * v + add * g.square();
      if (centered) {
        mean = keep * mean + add * g;
        t = 1 / detail::at_least((v - mean.square()).max(S(0)).sqrt() + epsilon, strength);
      } else {
        t = 1 / detail::at_least(v.sqrt() + epsilon, strength);
      }
      if (mu > 0) {
        m = mu * m + t * g;
        w -= rate * m;
      } else {
        w -= rate * t * g;
      }
      t *= step;
    }
    S momentum_step(S) const { return rate; }
  };

  template <Scalar S>
  Kernel<S> kernel(long k, double eta) const {
    const double quotients = detail::share_after(k, momentum) / (1 - momentum);
    return {static_cast<S>(eta),
            static_cast<S>(smoothing),
            static_cast<S>(1 - smoothing),
            static_cast<S>(epsilon),
            static_cast<S>(momentum),
            static_cast<S>(eta * quotients),
            centered};
  }
};

}  // namespace espalier
