// SPDX-License-Identifier: MIT
// The one place where weights change: penalties -> moments -> decay -> step -> prox and projection, one pass
// over memory.
#pragma once

#include <algorithm>
#include <vector>

#include "espalier/constraint/pack.hpp"
#include "espalier/core/unrolled.hpp"
#include "espalier/optimizer/rule.hpp"

namespace espalier::detail {

/// Room for one row of weights: its step sizes, and three copies of it.
template <Scalar S>
struct Buffers {
  Buffers() = default;
  explicit Buffers(Index longest_row)
      : length(padded<S>(longest_row)), memory(static_cast<std::size_t>(4 * length)) {}

  S* operator[](Index k) { return memory.data() + k * length; }

  Index length = 0;
  AlignedVector<S> memory;
};

/// Changes the momentum `m` of weights that went from `before` to `y` by the step, and from there to `x` by
/// the constraint; `scale(i)` is how far a momentum of one moves weight i (nothing to set where it is 0),
/// `t(i)` its step size in the metric of the projection. A `sphere` has no inside.
template <bool by_row, bool sphere, Scalar S, class Scale, class Step>
void hold_back(AtBound choice, S* m, const S* before, const S* y, const S* x, Index n, Scale&& scale,
               Step&& t) {
  if constexpr (by_row) {
    if (choice == AtBound::tangent) {
      // (y - x) / t is normal to the set at x: take from the momentum's step what it has of y - x, if it
      // points out of the set.
      double outward = 0, length = 0;
      for (Index i = 0; i < n; ++i) {
        if (y[i] == x[i] || !(t(i) > 0)) continue;
        const double normal = static_cast<double>(y[i] - x[i]) / static_cast<double>(t(i));
        outward -= normal * static_cast<double>(scale(i) * m[i]);
        length += normal * static_cast<double>(y[i] - x[i]);
      }
      if ((outward > 0 || sphere) && length > 0)
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

/// One step of a rule on rows x cols weights `w` with gradients `g` and states `s`, null where the rule has
/// none, under a pack. `rate` is the learning rate, `shrink` the factor of decay. Weights are read and
/// written once, line by line; where a policy looks at rows, it finds each in the first-level cache. Counts
/// what the pack did. Returns whether all weights were finite before the sets saw them, which hide an
/// infinity, and after the element policies.
template <bool add_penalties, class PackType, class RuleType, Scalar S, class Kernel>
bool update(const PackType& the_pack, const RuleType& rule, Kernel kernel, S rate, S shrink, S* w, S* g,
            std::array<S*, 3> s, Index rows, Index cols, Buffers<S>& buffers,
            typename PackType::Counts& active) {
  // Whatever is written to memory, the numbers of a copy stay as they are, and stay in registers.
  const std::conditional_t<std::is_trivially_copy_constructible_v<PackType>, PackType, const PackType&> pack =
      the_pack;
  constexpr Index length = line_length<S>;
  constexpr bool by_row = PackType::by_row;
  const int momentum = rule.momentum();
  const bool follow = PackType::has_set && PackType::proximal == 0 && momentum >= 0 && rate > 0 &&
                      rule.at_bound != AtBound::keep;
  const Index group = by_row ? cols : rows * cols;
  S *t_row = buffers[0], *before_row = buffers[1], *y_row = buffers[2];
  typename PackType::template LineCounts<S> counts;
  counts.fill(S(0));
  Line<S> not_finite = S(0);
  for (Index start = 0; start < rows * cols; start += group) {
    Line<S> squares = S(0);
    const auto line = [&](Index i, auto n) __attribute__((always_inline)) {
      const Index at = start + i;
      Line<S> x = load_line(w + at, n), gradient = load_line(g + at, n), t;
      States<S> state;
      unrolled<3>([&](auto k) {
        if (s[k]) state[k] = load_line(s[k] + at, n);
      });
      if constexpr (PackType::smooth) {
        pack.template add_gradient<add_penalties>(x, gradient, n, counts);
        if constexpr (add_penalties) {
          not_finite += gradient * gradient * S(0);  // as the loss's alone was held to
          store_line(gradient, g + at, n);
        }
      }
      if constexpr (PackType::decays) x *= shrink;
      const Line<S> before = x;
      kernel(x, gradient, state, t);
      clear_rest(x, n);  // whatever a rule makes of no weight
      not_finite += x * S(0);
      if constexpr (PackType::constrains && by_row) {
        squares += x * x;
        if constexpr (RuleType::adaptive) store_line(t, t_row + i, n);
        if (follow) store_line(before, before_row + i, n), store_line(x, y_row + i, n);
      } else if constexpr (PackType::constrains) {
        const Line<S> y = x;
        if constexpr (!RuleType::adaptive) t = rate;
        pack.constrain_elements(x, n, t, counts);
        not_finite += x * S(0);  // a policy of one's own may err
        if (follow)
          unrolled<3>([&](auto k) {  // an index the compiler does not know would keep states out of registers
            if (k != momentum) return;
            auto m = state[k].array();
            hold_back<false, false>(
                rule.at_bound, m.data(), before.array().data(), y.array().data(), x.array().data(), n,
                [&, step = t.array()](Index j) { return kernel.momentum_step(step[j]); },
                [&](Index) { return rate; });
            state[k] = Line<S>(m);
          });
      }
      store_line(x, w + at, n);
      unrolled<3>([&](auto k) {
        if (s[k]) store_line(state[k], s[k] + at, n);
      });
    };
    Index i = 0;
    for (; i + length <= group; i += length) line(i, std::integral_constant<Index, length>{});
    if (i < group) line(i, group - i);
    if constexpr (PackType::constrains && by_row) {
      if (pack.surely_holds(squares.sum(), cols)) continue;
      const Steps<S> steps{RuleType::adaptive ? t_row : nullptr, rate};
      S* x = w + start;
      pack.constrain(x, cols, steps, rate, buffers[3], active);
      if (follow)
        hold_back<true, PackType::on_sphere>(
            rule.at_bound, s[static_cast<std::size_t>(momentum)] + start, before_row, y_row, x, cols,
            [&](Index j) { return kernel.momentum_step(steps[j]); },
            [&, metric = pack.metric(steps, rate)](Index j) { return metric[j]; });
    }
  }
  if (!(not_finite.sum() == 0)) return false;
  for (std::size_t k = 0; k < counts.size(); ++k)
    active[k] += static_cast<Index>(counts[k].array().template cast<double>().sum());
  return true;
}

}  // namespace espalier::detail
