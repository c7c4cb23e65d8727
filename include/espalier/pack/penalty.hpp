// SPDX-License-Identifier: MIT
// The penalty of one policy, summed in double.
#pragma once

#include "espalier/core/policy.hpp"
#include "espalier/pack/apply.hpp"

namespace espalier::detail {

/// The value for n single weights, of which the policy keeps `own`; 0 of what is no such penalty. With
/// `smooth_only` a proximal one counts 0.
template <bool smooth_only, class P, Scalar S>
double penalty_of([[maybe_unused]] const P& p, [[maybe_unused]] const S* w, [[maybe_unused]] Index n,
                  [[maybe_unused]] const S* own = nullptr) {
  double sum = 0;
  if constexpr (SmoothPenalty<P> || (ProximalPenalty<P> && !smooth_only))
    each_weight<P>(n, own,
                   [&](Index i, auto... number) { sum += static_cast<double>(p.value(w[i], number...)); });
  return sum;
}

/// The value for a vector; 0 of what is no penalty of vectors.
template <class P, Scalar S>
double vector_penalty_of([[maybe_unused]] const P& p, [[maybe_unused]] const S* w, [[maybe_unused]] Index n) {
  if constexpr (VectorPenalty<P>) return static_cast<double>(p.value(ConstRow<S>(w, n)));
  return 0;
}

}  // namespace espalier::detail
