// SPDX-License-Identifier: MIT
// The one place where weights change: penalties -> moments -> decay -> step -> prox and projection, one pass
// over memory.
#pragma once

#include <algorithm>
#include <vector>

#include "espalier/kernel/unrolled.hpp"
#include "espalier/optimizer/rule.hpp"
#include "espalier/optimizer/untouched.hpp"
#include "espalier/pack/pack.hpp"

namespace espalier::detail {

/// Room for one row of weights, or for a few lines where no policy looks at rows: step sizes, and three
/// copies.
template <Scalar S>
struct Buffers {
  Buffers() = default;
  explicit Buffers(Index longest_row)
      : length(padded<S>(std::max(longest_row, Index{512}))), memory(static_cast<std::size_t>(4 * length)) {}

  S* operator[](Index k) { return memory.data() + k * length; }

  Index length = 0;
  AlignedVector<S> memory;
};

/// Changes the momentum `m` of weights that went from `before` to `y` by the step, and from there to `x` by
/// the constraint; `scale(i)` is how far a momentum of one moves weight i (nothing to set where it is 0),
/// `t(i)` its step size in the metric of the projection. A `sphere` has no inside.
template <bool by_row, bool sphere, Scalar S, class Scale, class Step>
void adjust_momentum(AtBound choice, S* m, const S* before, const S* y, const S* x, Index n, Scale&& scale,
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

/// Where weights, their gradients and their states stand; null, where a rule has none.
template <Scalar S>
using Pointers = std::array<S*, 5>;

/// The end of a row, which is shorter than a line: a copy, that zeros make one.
template <Scalar S>
class Tail {
 public:
  Pointers<S> copy(const Pointers<S>& row, Index start, Index n) {
    Pointers<S> places{};
    for (std::size_t k = 0; k < row.size(); ++k)
      if (row[k]) places[k] = lines_[k], load_line(row[k] + start, n).store(lines_[k]);
    return places;
  }
  void copy_back(const Pointers<S>& row, Index start, Index n) const {
    for (std::size_t k = 0; k < row.size(); ++k)
      if (row[k]) copy_rest(lines_[k], n, row[k] + start);
  }

 private:
  alignas(64) S lines_[std::tuple_size_v<Pointers<S>>][Line<S>::size];
};

/// What is added up over lines, place by place.
template <class PackType, Scalar S>
struct LineSums {
  typename PackType::template Lines<S>::Counts counts{};
  Line<S> squares = S(0), not_finite = S(0);

  /// Adds the first n places of others.
  EIGEN_ALWAYS_INLINE void add(const LineSums& other, Index n) {
    for (std::size_t k = 0; k < counts.size(); ++k) counts[k].add(other.counts[k], n);
    squares += other.squares.first(n);
    not_finite += other.not_finite.first(n);
  }
};

/// One step of a rule on rows x cols weights `w` with gradients `g` and states `s`, null where the rule has
/// none, under a pack. `rate` is the learning rate, `shrink` the factor of decay. Weights are read and
/// written once, line by line; where a policy looks at rows, it finds each in the first-level cache. Counts
/// what the pack did. Returns whether all weights were finite before the sets saw them, which hide an
/// infinity, and after all policies but bounds of norms.
template <bool add_penalties, class PackType, class RuleType, Scalar S, class Kernel>
bool update(const PackType& pack, const RuleType& rule, Kernel kernel, S rate, S shrink, S* w, S* g,
            std::array<S*, 3> s, Index rows, Index cols, Buffers<S>& buffers,
            typename PackType::Counts& active) {
  constexpr Index length = line_length<S>;
  constexpr bool by_row = PackType::by_row;
  const int momentum = rule.momentum_state();
  constexpr bool may_follow = PackType::has_set && PackType::proximal == 0;
  const bool follow = may_follow && momentum >= 0 && rate > 0 && rule.at_bound != AtBound::keep;
  const Index group = by_row ? cols : follow ? buffers.length : rows * cols;
  S *t_row = buffers[0], *before_row = buffers[1], *y_row = buffers[2], *scratch = buffers[3];
  const S uniform = uniform_step(kernel, rate);
  const Steps<S> steps{RuleType::adaptive ? t_row : nullptr, uniform};
  // Do policies on single weights act line by line? Before a norm only where both have one metric.
  constexpr bool elements = PackType::element_sets + PackType::proximal > 0;
  const bool by_line = !by_row || (rate > 0 && pack.metric(steps, uniform).each == steps.each);
  const auto policies = pack.template on_lines<S>();
  const auto strength = pack.template slope_bound<S>();
  LineSums<PackType, S> all;
  // What the type of the rule says is not asked in each line.
  const auto has_state = [](const Pointers<S>& from, Index k) __attribute__((always_inline)) {
    if constexpr (requires { typename std::integral_constant<int, RuleType::states()>; })
      return k < RuleType::states();
    else
      return from[static_cast<std::size_t>(k) + 2] != nullptr;
  };
  // The line that begins at place i of a row, and stands at `offset` from the places. `followed` is
  // `follow`: asked in each line, it would take longer than what a set does there.
  const auto update_line = [&]<bool followed>(const Pointers<S>& from, Index offset, Index i,
                                              LineSums<PackType, S>& sums) __attribute__((always_inline)) {
    Line<S> x = Line<S>::load(from[0] + offset), gradient = Line<S>::load(from[1] + offset), t;
    States<S> state;
    unrolled<3>([&](auto k) __attribute__((always_inline)) {
      state[k] = has_state(from, k) ? Line<S>::load(from[k + 2] + offset) : Line<S>(S(0));
    });
    if constexpr (PackType::smooth) {
      policies.template add_gradient<add_penalties>(x, gradient, sums.counts);
      if constexpr (add_penalties) {
        sums.not_finite += gradient * gradient * S(0);  // as the loss's alone was held to
        gradient.store(from[1] + offset);
      }
    }
    if constexpr (PackType::decays) x *= shrink;
    if constexpr (followed) x.store(before_row + i);
    run_kernel(kernel, x, gradient, state, t, strength);
    unrolled<3>([&](auto k) __attribute__((always_inline)) {
      if (has_state(from, k)) state[k].store(from[k + 2] + offset);
    });
    sums.not_finite += x * S(0);
    if constexpr (PackType::constrains) {
      if constexpr (RuleType::adaptive && (by_row || followed)) t.store(t_row + i);
      if constexpr (followed) x.store(y_row + i);
      if constexpr (elements)
        if (by_line) {
          if constexpr (!RuleType::adaptive) t = uniform;
          if constexpr (by_row) x.store(scratch + i);
          policies.constrain(x, t, sums.counts);
        }
      if constexpr (by_row)
        sums.squares += x * x;
      else
        sums.not_finite += x * S(0);  // a policy of one's own may err
    }
    x.store(from[0] + offset);
  };
  for (Index start = 0; start < rows * cols; start += group) {
    const auto place = [&](S* states) { return states ? states + start : nullptr; };
    const Pointers<S> row{w + start, g + start, place(s[0]), place(s[1]), place(s[2])};
    const Index n = std::min(group, rows * cols - start);
    all.squares = S(0);
    for (Index done = 0; done < n;) {  // all whole lines, and then the rest
      const Index left = n - done, size = left < length ? length : left / length * length;
      Tail<S> tail;
      LineSums<PackType, S> sums;
      const Pointers<S> from = left < length ? tail.copy(row, done, left) : row;
      const auto update_lines = [&]<bool followed>() __attribute__((always_inline)) {
        for (Index i = 0; i < size; i += length)
          update_line.template operator()<followed>(from, i, done + i, sums);
      };
      if (follow)
        update_lines.template operator()<may_follow>();
      else
        update_lines.template operator()<false>();
      if (left < length) tail.copy_back(row, done, left);
      all.add(sums, left);
      done += size;
    }
    if constexpr (PackType::constrains) {
      S* x = w + start;
      const S squares = all.squares.sum();
      const bool inside = by_row && (!elements || by_line) && pack.surely_holds(squares, n);
      const auto check = [&] {  // a policy of one's own may err; what is inside is finite
        if constexpr (elements || PackType::row_sets > 0) all.not_finite += (ConstRow<S>(x, n) * S(0)).sum();
      };
      if (by_row && !inside) {
        if constexpr (by_row && RuleType::adaptive)
          if (by_line &&
              even_out(t_row, momentum < 0 ? row[1] : row[static_cast<std::size_t>(momentum) + 2], n, rate) &&
              elements)
            pack.constrain_elements(scratch, x, n, steps);
        if (elements && by_line) {
          if (!(squares * 0 == 0)) check();
          pack.constrain_norm(scratch, x, n, steps, active);
        } else {
          pack.constrain(x, n, steps, uniform, scratch, active), check();
        }
      }
      if (follow && (elements || !inside))
        adjust_momentum<by_row, PackType::on_sphere>(
            rule.at_bound, s[static_cast<std::size_t>(momentum)] + start, before_row, y_row, x, n,
            [&](Index j) { return kernel.momentum_step(steps[j]); },
            [&, metric = pack.metric(steps, uniform)](Index j) { return metric[j]; });
    }
  }
  if (!(all.not_finite.sum() == 0)) return false;
  for (std::size_t k = 0; k < active.size(); ++k) active[k] += all.counts[k].sum();
  return true;
}

}  // namespace espalier::detail
