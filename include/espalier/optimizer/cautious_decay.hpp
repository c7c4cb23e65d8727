// SPDX-License-Identifier: MIT
// Decay that waits for the step of the rule, and spares weights that this makes larger.
#pragma once

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// w *= shrink, but where the step `moved` that is to be added to w makes it larger: w moved > 0. By their
/// signs, so that no product underflows.
template <Scalar S>
void decay_with_step(S shrink, const S* moved, S* w, Index n) {
  for (Index i = 0; i < n; ++i) {
    const bool larger = (w[i] > 0 && moved[i] > 0) || (w[i] < 0 && moved[i] < 0);
    w[i] *= larger ? S(1) : shrink;
  }
}

}  // namespace espalier::detail
