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

// What a step does for policies beside the rule: types, so that a line does nothing that no policy asks for.
// `shrink` is the factor of decay, `slope_bound` the largest slope of the penalty that follows, and `steps`
// room for the step sizes of an adaptive rule; null: nobody asks for them.

/// Nothing: no policies, or sets of single weights that follow.
struct Free {};
template <Scalar S>
struct UnderDecay {
  S shrink;
};
/// Penalties with a prox, or sets in the metric of the step.
template <Scalar S>
struct UnderPenalty {
  S slope_bound;
  S* steps;
};
/// Bounds of norms alone, which ask for the sum of the squares.
template <Scalar S>
struct UnderNorm {
  S* steps;
  static constexpr bool squares = true;
};
/// All of it.
template <Scalar S>
struct UnderPolicies {
  S shrink, slope_bound;
  S* steps;
  static constexpr bool squares = true;
};
template <class Policies>
concept AsksForSteps = requires(const Policies& policies) {
  policies.steps;
};

/// Sums over the weights that a step made, apart for each place of a line. Whoever reads them reduces the
/// line.
template <Scalar S>
struct StepLines {
  Line<S> not_finite = S(0), squares = S(0);

  /// Behind the first n places, as before.
  ESPALIER_INLINE void keep_first(Index n, const StepLines& before) {
    const Line<S> counts = Line<S>(S(1)).first(n);
    not_finite = Line<S>::if_zero(counts, before.not_finite, not_finite);
    squares = Line<S>::if_zero(counts, before.squares, squares);
  }
  bool finite() const { return not_finite.sum() == 0; }
};

/// Tells the processor what is wanted soon, where its own guess ends with the chunk: the weights and
/// gradients of the next one, 4 kB ahead, since policies may look there first, and the states 1 kB ahead.
/// With less they come too late, with more they may be gone again from a cache of 32 kB.
template <Scalar S>
ESPALIER_INLINE void prefetch(const S* numbers, Index bytes) {
  __builtin_prefetch(reinterpret_cast<const char*>(numbers) + bytes);
}

/// One line: `from` points at its beginning, `steps` at that of its step sizes.
template <class RuleType, Scalar S, class Kernel, class Policies>
ESPALIER_INLINE void step_line(const Kernel& kernel, const Pointers<S>& from, Index offset,
                               const Policies& policies, StepLines<S>& sums) {
  // What the type of the rule says is not asked in each line.
  const auto has_state = [&](Index k) ESPALIER_INLINE_LAMBDA {
    if constexpr (requires { typename std::integral_constant<int, RuleType::states()>; })
      return k < RuleType::states();
    else
      return from[static_cast<std::size_t>(k) + 2] != nullptr;
  };
  prefetch(from[0] + offset, 4096), prefetch(from[1] + offset, 4096);
  unrolled<3>([&](auto k) ESPALIER_INLINE_LAMBDA {
    if (has_state(k)) prefetch(from[k + 2] + offset, 1024);
  });
  Line<S> x = Line<S>::load(from[0] + offset), t;
  States<S> state;
  unrolled<3>([&](auto k) ESPALIER_INLINE_LAMBDA {
    state[k] = has_state(k) ? Line<S>::load(from[k + 2] + offset) : Line<S>(S(0));
  });
  const Line<S> gradient = Line<S>::load(from[1] + offset);
  if constexpr (requires { policies.shrink; }) x *= policies.shrink;
  if constexpr (requires { policies.slope_bound; })
    run_kernel(kernel, x, gradient, state, t, policies.slope_bound);
  else
    run_kernel(kernel, x, gradient, state, t, NoPenalty{});
  unrolled<3>([&](auto k) ESPALIER_INLINE_LAMBDA {
    if (has_state(k)) state[k].store(from[k + 2] + offset);
  });
  x.store(from[0] + offset);
  sums.not_finite += x * S(0);
  if constexpr (requires { Policies::squares; }) sums.squares += x * x;
  if constexpr (RuleType::adaptive && AsksForSteps<Policies>)
    if (policies.steps) t.store(policies.steps + offset);
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
    if constexpr (AsksForSteps<Policies>)
      if (policies.steps) own.steps = left < length ? tail.steps() : policies.steps + done;
    const StepLines<S> before = sums;
    for (Index i = 0; i < size; i += length) step_line<RuleType>(kernel, lines, i, own, sums);
    if (left < length) {
      sums.keep_first(left, before);
      tail.copy_back(here, left);
      if constexpr (RuleType::adaptive && AsksForSteps<Policies>)
        if (policies.steps) copy_rest(tail.steps(), left, policies.steps + done);
    }
    done += size;
  }
  // Not `sums`, which would then be where the result is, in memory.
  return {sums.not_finite, sums.squares};
}

}  // namespace espalier::detail
