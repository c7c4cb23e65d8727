// SPDX-License-Identifier: MIT
// Adagrad: the gradient over the root of the sum of all its squares.
#pragma once

#include <array>
#include <string_view>

#include "espalier/optimizer/rule.hpp"

namespace espalier {

/// v += g^2;  w -= rate g / (sqrt(v) + epsilon) (Duchi et al. 2011), as torch.optim.Adagrad. Under a penalty
/// with a prox, as L1, the divisor is at least the penalty's strength.
struct Adagrad {
  double learning_rate = 1e-2, epsilon = 1e-10;
  AtBound at_bound = AtBound::keep;

  static constexpr bool adaptive = true, rests_at_zero = true;
  static constexpr std::string_view name = "Adagrad";
  static constexpr std::array<std::string_view, 1> state_names{"sum_of_squares"};

  void validate() const {
    detail::check_positive_float("Adagrad", "learning_rate", learning_rate);
    detail::check_positive_float("Adagrad", "epsilon", epsilon);
  }
  void describe(auto&& f) const { f("epsilon", epsilon); }
  static constexpr int states() { return 1; }
  static constexpr int momentum_state() { return -1; }

  template <Scalar S>
  struct Kernel {
    S rate, epsilon;

    template <class Strength = NoPenalty>
    ESPALIER_INLINE void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>& t,
                                    Strength strength = {}) const {
      Line<S>& v = s[0];
      v += g.square();
      t = rate / detail::at_least(v.sqrt() + epsilon, strength);
      w -= t * g;
    }
    S momentum_step(S t) const { return t; }
  };

  template <Scalar S>
  Kernel<S> kernel(long, double eta) const {
    return {static_cast<S>(eta), static_cast<S>(epsilon)};
  }
};

}  // namespace espalier
