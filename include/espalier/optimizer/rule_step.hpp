// SPDX-License-Identifier: MIT
// The step of a rule on a stretch of weights: each line is read and written once, whatever policies follow.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>

#include "espalier/kernel/line.hpp"
#include "espalier/kernel/unrolled.hpp"
#include "espalier/optimizer/rule.hpp"

namespace espalier::detail {

/// Where weights, their gradients and the states of a rule stand; null where a rule has none.
template <Scalar S>
using Pointers = std::array<S*, 5>;

/// The pointers n numbers further on.
template <Scalar S>
Pointers<S> advanced(Pointers<S> from, Index n) {
  for (S*& p : from)
    if (p) p += n;
  return from;
}

/// A copy of the end of a stretch, which is shorter than a line, filled up with zeros to a line.
template <Scalar S>
class Tail {
 public:
  Pointers<S> copy(const Pointers<S>& from, Index n) {
    Pointers<S> to{};
    for (std::size_t k = 0; k < from.size(); ++k)
      if (from[k]) to[k] = lines_[k], load_line(from[k], n).store(lines_[k]);
    return to;
  }
  void copy_back(const Pointers<S>& to, Index n) const {
    for (std::size_t k = 0; k < to.size(); ++k)
      if (to[k]) copy_rest(lines_[k], n, to[k]);
  }
  /// Room for its step sizes.
  S* steps() { return lines_[std::tuple_size_v<Pointers<S>>]; }

 private:
  alignas(64) S lines_[std::tuple_size_v<Pointers<S>> + 1][Line<S>::size];
};

/// What a step under policies needs beside the rule: the factor of decay, the largest slope of the penalty
/// that follows, and room for the step sizes of an adaptive rule; null: nobody asks for them. If a policy is
/// `of_vectors`, the step says what StepLines has; `momentum` is then the state by which a weight is moved,
/// -1 for its gradient.
template <Scalar S>
struct UnderPolicies {
  S shrink, slope_bound;
  S* steps;
  bool of_vectors;
  int momentum;
};
struct Free {};

/// Sums and minima over the weights that a step made, apart for each place of a line. Whoever reads them
/// reduces the line.
template <Scalar S>
struct StepLines {
  Line<S> not_finite = S(0), squares = S(0);
  Line<S> least_step = std::numeric_limits<S>::max(), least_move = std::numeric_limits<S>::max();

  /// Behind the first n places, as before.
  EIGEN_ALWAYS_INLINE void keep_first(Index n, const StepLines& before) {
    const Line<S> counts = Line<S>(S(1)).first(n);
    not_finite = Line<S>::if_zero(counts, before.not_finite, not_finite);
    squares = Line<S>::if_zero(counts, before.squares, squares);
    least_step = Line<S>::if_zero(counts, before.least_step, least_step);
    least_move = Line<S>::if_zero(counts, before.least_move, least_move);
  }
  bool finite() const { return not_finite.sum() == 0; }
};

/// What moved the weights of a line: their momentum, or their gradient.
template <class RuleType, Scalar S>
EIGEN_ALWAYS_INLINE Line<S> moved_by(int momentum, const Line<S>& gradient, const States<S>& state) {
  Line<S> found = gradient;
  unrolled<3>([&](auto k) __attribute__((always_inline)) {
    if constexpr (requires { typename std::integral_constant<int, RuleType::momentum_state()>; }) {
      if constexpr (RuleType::momentum_state() == Index{k}) found = state[k];
    } else {
      if (momentum == k) found = state[k];
    }
  });
  return found;
}

/// Tells the processor what is wanted soon, where its own guess ends with the chunk: the weights and
/// gradients of the next one, 4 kB ahead, since policies may look there first, and the states 1 kB ahead.
/// With less they come too late, with more they may be gone again from a cache of 32 kB.
template <Scalar S>
EIGEN_ALWAYS_INLINE void prefetch(const S* numbers, Index bytes) {
  __builtin_prefetch(reinterpret_cast<const char*>(numbers) + bytes);
}

/// One line: `from` points at its beginning, `steps` at that of its step sizes.
template <class RuleType, Scalar S, class Kernel, class Policies>
EIGEN_ALWAYS_INLINE void step_line(const Kernel& kernel, const Pointers<S>& from, Index offset,
                                   const Policies& policies, StepLines<S>& sums) {
  // What the type of the rule says is not asked in each line.
  const auto has_state = [&](Index k) __attribute__((always_inline)) {
    if constexpr (requires { typename std::integral_constant<int, RuleType::states()>; })
      return k < RuleType::states();
    else
      return from[static_cast<std::size_t>(k) + 2] != nullptr;
  };
  prefetch(from[0] + offset, 4096), prefetch(from[1] + offset, 4096);
  unrolled<3>([&](auto k) __attribute__((always_inline)) {
    if (has_state(k)) prefetch(from[k + 2] + offset, 1024);
  });
  constexpr bool free = std::same_as<Policies, Free>;
  Line<S> x = Line<S>::load(from[0] + offset), t;
  States<S> state;
  unrolled<3>([&](auto k) __attribute__((always_inline)) {
    state[k] = has_state(k) ? Line<S>::load(from[k + 2] + offset) : Line<S>(S(0));
  });
  const Line<S> gradient = Line<S>::load(from[1] + offset);
  if constexpr (free) {
    run_kernel(kernel, x, gradient, state, t, NoPenalty{});
  } else {
    x *= policies.shrink;
    run_kernel(kernel, x, gradient, state, t, policies.slope_bound);
  }
  unrolled<3>([&](auto k) __attribute__((always_inline)) {
    if (has_state(k)) state[k].store(from[k + 2] + offset);
  });
  x.store(from[0] + offset);
  sums.not_finite += x * S(0);
  if constexpr (!free) {
    if constexpr (RuleType::adaptive)
      if (policies.steps) t.store(policies.steps + offset);
    if (!policies.of_vectors) return;
    sums.squares += x * x;
    if constexpr (RuleType::adaptive) {
      sums.least_step = sums.least_step.min(t);
      sums.least_move = sums.least_move.min(moved_by<RuleType>(policies.momentum, gradient, state).abs());
    }
  }
}

/// One step of a rule on n weights.
template <class RuleType, Scalar S, class Kernel, class Policies>
EIGEN_DONT_INLINE StepLines<S> step_rule(const Kernel kernel, const Pointers<S> from, Index n,
                                         const Policies policies) {
  constexpr Index length = line_length<S>;
  StepLines<S> sums;
  Tail<S> tail;
  for (Index done = 0; done < n;) {  // all whole lines, and then the rest
    const Index left = n - done, size = left < length ? length : left / length * length;
    const Pointers<S> here = advanced(from, done);
    Pointers<S> lines = here;
    if (left < length) lines = tail.copy(here, left);
    Policies own = policies;
    if constexpr (!std::same_as<Policies, Free>)
      if (policies.steps) own.steps = left < length ? tail.steps() : policies.steps + done;
    const StepLines<S> before = sums;
    for (Index i = 0; i < size; i += length) step_line<RuleType>(kernel, lines, i, own, sums);
    if (left < length) {
      sums.keep_first(left, before);
      tail.copy_back(here, left);
      if constexpr (!std::same_as<Policies, Free> && RuleType::adaptive)
        if (policies.steps) copy_rest(tail.steps(), left, policies.steps + done);
    }
    done += size;
  }
  // Not `sums`, which would then be where the result is, in memory.
  return {sums.not_finite, sums.squares, sums.least_step, sums.least_move};
}

}  // namespace espalier::detail
