// SPDX-License-Identifier: MIT
// Adam and AMSGrad: momentum over the root of the mean square, both corrected for their start at zero.
#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "espalier/optimizer/rule.hpp"

namespace espalier {
namespace detail {

template <bool amsgrad>
struct AdamFamily {
  double learning_rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  AtBound at_bound = AtBound::keep;

  static constexpr bool adaptive = true, rests_at_zero = true;
  static constexpr std::string_view name = amsgrad ? "AMSGrad" : "Adam";
  static constexpr std::array<std::string_view, 3> state_names{"first_moment", "second_moment",
                                                               "largest_second_moment"};

  void validate() const {
    check_positive_float(name, "learning_rate", learning_rate);
    check_fraction(name, "beta1", beta1);
    check_fraction(name, "beta2", beta2);
    check_positive_float(name, "epsilon", epsilon);
  }
  void describe(auto&& f) const { f("beta1", beta1), f("beta2", beta2), f("epsilon", epsilon); }
  static constexpr int states() { return amsgrad ? 3 : 2; }
  static constexpr int momentum_state() { return 0; }

  template <Scalar S>
  struct Kernel {
    S rate, keep1, add1, keep2, add2, epsilon;
    S correction1, correction2;  // 1 / (1 - beta^k), for 2 its root

    template <class Strength = NoPenalty>
    ESPALIER_INLINE void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>& t,
                                    Strength strength = {}) const {
      auto& [m, v, largest] = s;
      m = keep1 * m + add1 * g;
      v = keep2 * v + add2 * g.square();
      if constexpr (amsgrad) largest = largest.max(v);
      t = rate / at_least(correction2 * (amsgrad ? largest : v).sqrt() + epsilon, strength);
      w -= momentum_step(t) * m;
    }
    auto momentum_step(const auto& t) const { return correction1 * t; }
  };

  template <Scalar S>
  Kernel<S> kernel(long k, double eta) const {
    return {static_cast<S>(eta),
            static_cast<S>(beta1),
            static_cast<S>(1 - beta1),
            static_cast<S>(beta2),
            static_cast<S>(1 - beta2),
            static_cast<S>(epsilon),
            static_cast<S>(1 / share_after(k, beta1)),
            static_cast<S>(1 / std::sqrt(share_after(k, beta2)))};
  }
};

}  // namespace detail

/// m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;  w -= rate mhat / (sqrt(vhat) + epsilon)
/// (Kingma & Ba 2015, algorithm 1), as torch.optim.Adam. With the policy WeightDecay on the weights it is
/// AdamW, with L2 it is torch.optim.Adam(weight_decay=). Under a penalty with a prox, as L1, the divisor is
/// at least the penalty's strength.
using Adam = detail::AdamFamily<false>;

/// Adam divided by the root of the largest v so far (Reddi et al. 2018), torch.optim.Adam(amsgrad=True).
using AMSGrad = detail::AdamFamily<true>;

}  // namespace espalier
