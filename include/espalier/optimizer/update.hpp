// SPDX-License-Identifier: MIT
// The one place where weights change: penalties -> moments -> decay -> step -> prox and projection, one pass
// over memory.
#pragma once

#include <algorithm>
#include <vector>

#include "espalier/constraint/pack.hpp"
#include "espalier/optimizer/rule.hpp"

namespace espalier::detail {

/// The length in which weights are updated, so that all passes over them but the first find them in L1.
inline constexpr Index chunk = 512;

/// Room for one block of weights: its step sizes, and three copies of it.
template <Scalar S>
struct Buffers {
  Buffers() = default;
  explicit Buffers(Index longest_row)
      : length(std::max(longest_row, chunk)), memory(static_cast<std::size_t>(4 * length)) {}

  S* operator[](Index k) { return memory.data() + k * length; }

  Index length = 0;
  std::vector<S> memory;
};

/// Changes the momentum `m` of weights that went from `before` to `y` by the step, and from there to `x` by
/// the constraint; `scale(i)` is how far a momentum of one moves weight i (0 where Adam's v has overflowed:
/// nothing to set), `t(i)` its step size in the metric of the projection.
template <bool by_row, Scalar S, class Scale, class Step>
void hold_back(AtBound choice, S* m, const S* before, const S* y, const S* x, Index n, Scale&& scale,
               Step&& t) {
  if constexpr (by_row) {
    if (choice == AtBound::tangent) {
      // (y - x) / t is normal to the set at x: take from the momentum's step what it has of y - x, if it
      // points outwards.
      double outward = 0, length = 0;
      for (Index i = 0; i < n; ++i) {
        if (y[i] == x[i]) continue;
        const double normal = static_cast<double>(y[i] - x[i]) / static_cast<double>(t(i));
        outward -= normal * static_cast<double>(scale(i) * m[i]);
        length += normal * static_cast<double>(y[i] - x[i]);
      }
      if (outward > 0)
        for (Index i = 0; i < n; ++i)
          if (scale(i) > 0) m[i] += static_cast<S>(outward / length) * (y[i] - x[i]) / scale(i);
      return;
    }
  }
  for (Index i = 0; i < n; ++i) {
    if (y[i] == x[i]) continue;
    if (choice == AtBound::displacement) {
      if (scale(i) > 0) m[i] = (before[i] - x[i]) / scale(i);
    } else if (choice == AtBound::zero || m[i] * (y[i] - x[i]) < 0) {
      m[i] = 0;
    }
  }
}

/// One step of a rule on rows x cols weights `w` with gradients `g` and states `s`, under a pack. `rate` is
/// the learning rate, `shrink` the factor of decay. Blocks are whole rows where a policy looks at rows.
/// Counts what the pack did.
template <bool add_penalties, class PackType, class RuleType, Scalar S, class Kernel>
void update(const PackType& pack, const RuleType& rule, const Kernel& kernel, S rate, S shrink, S* w, S* g,
            States<S> s, Index rows, Index cols, Buffers<S>& buffers, typename PackType::Counts& active) {
  const Index unit = PackType::by_row ? cols : 1, block = std::max(unit, chunk / unit * unit);
  const int momentum = rule.momentum();
  const bool follow = PackType::has_set && PackType::proximal == 0 && momentum >= 0 && rate > 0 &&
                      rule.at_bound != AtBound::keep;
  S *t = buffers[0], *before = buffers[1], *y = buffers[2];
  for (Index start = 0; start < rows * cols; start += block) {
    const Index n = std::min(block, rows * cols - start);
    for (Index i = start; i < start + n; i += chunk) {
      const Index m = std::min(chunk, start + n - i);
      pack.template add_gradient<add_penalties>(w + i, g + i, m, active);
      Row<S> weights(w + i, m);
      if constexpr (PackType::decays) weights *= shrink;
      if (follow) Row<S>(before + i - start, m) = weights;
      kernel(weights, ConstRow<S>(g + i, m), {s[0] + i, s[1] + i, s[2] + i}, Row<S>(t + i - start, m));
      if (follow) Row<S>(y + i - start, m) = weights;
    }
    if constexpr (PackType::constrains) {
      const Index group = PackType::by_row ? cols : n;
      for (Index i = 0; i < n; i += group) {
        const Steps<S> steps{RuleType::adaptive ? t + i : nullptr, rate};
        S* x = w + start + i;
        pack.constrain(x, group, steps, rate, buffers[3], active);
        if (follow)
          hold_back<PackType::by_row>(
              rule.at_bound, s[static_cast<std::size_t>(momentum)] + start + i, before + i, y + i, x, group,
              [&](Index j) { return kernel.momentum_step(steps[j]); },
              [&, metric = pack.metric(steps, rate)](Index j) { return metric[j]; });
      }
    }
  }
}

}  // namespace espalier::detail
