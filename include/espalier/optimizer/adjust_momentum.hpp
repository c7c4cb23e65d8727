// SPDX-License-Identifier: MIT
// What becomes of the momentum of weights that a set holds back.
#pragma once

#include "espalier/core/block.hpp"
#include "espalier/optimizer/rule.hpp"

namespace espalier::detail {

/// Weights that went from `before` to `y` by the step, and from there to `x` by the constraint. All arrays
/// have the layout of the weights.
template <Scalar S>
struct HeldBack {
  S* momentum;
  const S *before, *y, *x;
  Index n, stride = 1;  // so many numbers, so far apart

  /// `length` of them from the one at `first` on.
  HeldBack group(Index first, Index length, Index apart) const {
    return {momentum + first, before + first, y + first, x + first, length, apart};
  }
};

/// Takes from the momentum of a group what it has of y - x, if that points out of the set. (y - x) / t is
/// normal to the set at x, in the metric of the step sizes `t`. `scale(i)` is how far a momentum of one moves
/// weight i. A flat set, as a sphere, has no inside.
template <Scalar S, class Scale>
void project_momentum(const HeldBack<S>& group, bool flat, const Scale& scale, Steps<S> t) {
  double outward = 0, length = 0;
  const Index end = group.n * group.stride;
  for (Index i = 0; i < end; i += group.stride) {
    if (group.y[i] == group.x[i] || !(t[i] > 0)) continue;
    const double normal = static_cast<double>(group.y[i] - group.x[i]) / static_cast<double>(t[i]);
    outward -= normal * static_cast<double>(scale(i) * group.momentum[i]);
    length += normal * static_cast<double>(group.y[i] - group.x[i]);
  }
  if (!((outward > 0 || flat) && length > 0)) return;
  for (Index i = 0; i < end; i += group.stride)
    if (scale(i) > 0)
      group.momentum[i] += static_cast<S>(outward / length) * (group.y[i] - group.x[i]) / scale(i);
}

/// The other choices, and `tangent` of a set of single weights: one weight after the other.
template <Scalar S, class Scale>
void adjust_momentum(const HeldBack<S>& all, AtBound choice, const Scale& scale) {
  for (Index i = 0; i < all.n; ++i) {
    if (all.y[i] == all.x[i]) continue;
    if (choice == AtBound::displacement) {
      if (scale(i) > 0) all.momentum[i] = (all.before[i] - all.x[i]) / scale(i);
    } else if (choice == AtBound::zero || all.momentum[i] * (all.y[i] - all.x[i]) < 0) {
      all.momentum[i] = 0;
    }
  }
}

}  // namespace espalier::detail
