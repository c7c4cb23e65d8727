// SPDX-License-Identifier: MIT
// The step of a rule on a stretch of weights: each line is read and written once, whatever policies follow.
#pragma once

#include <array>
#include <tuple>

#include "espalier/kernel/line.hpp"
#include "espalier/kernel/unrolled.hpp"
#include "espalier/optimizer/rule.hpp"

namespace espalier::detail {

/// Where weights, their gradients and the states of a rule stand; null where a rule has none.
template <Scalar S>
using Pointers = std::array<S*, 5>;

/// The same, n numbers further on.
template <Scalar S>
Pointers<S> advanced(Pointers<S> from, Index n) {
  for (S*& p : from)
    if (p) p += n;
  return from;
}

/// The end of a stretch, which is shorter than a line: a copy, that zeros make one.
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

 private:
  alignas(64) S lines_[std::tuple_size_v<Pointers<S>>][Line<S>::size];
};

/// What a step under policies needs beside the rule: the factor of decay, the largest slope of the penalty
/// that follows, and room for the
/// step sizes of an adaptive rule; null: nobody asks for them.
template <Scalar S>
struct UnderPolicies {
  S shrink, slope_bound;
  S* steps;
};
struct Free {};

/// One line: `from` points at its beginning, `steps` at that of its step sizes.
template <class RuleType, Scalar S, class Kernel, class Policies>
EIGEN_ALWAYS_INLINE void step_line(const Kernel& kernel, const Pointers<S>& from, Index offset,
                                   const Policies& policies, Line<S>& not_finite) {
  // What the type of the rule says is not asked in each line.
  const auto has_state = [&](Index k) __attribute__((always_inline)) {
    if constexpr (requires { typename std::integral_constant<int, RuleType::states()>; })
      return k < RuleType::states();
    else
      return from[static_cast<std::size_t>(k) + 2] != nullptr;
  };
  Line<S> x = Line<S>::load(from[0] + offset), t;
  States<S> state;
  unrolled<3>([&](auto k) __attribute__((always_inline)) {
    state[k] = has_state(k) ? Line<S>::load(from[k + 2] + offset) : Line<S>(S(0));
  });
  const Line<S> gradient = Line<S>::load(from[1] + offset);
  if constexpr (std::same_as<Policies, Free>) {
    run_kernel(kernel, x, gradient, state, t, NoPenalty{});
  } else {
    x *= policies.shrink;
    run_kernel(kernel, x, gradient, state, t, policies.slope_bound);
    if constexpr (RuleType::adaptive)
      if (policies.steps) t.store(policies.steps + offset);
  }
  unrolled<3>([&](auto k) __attribute__((always_inline)) {
    if (has_state(k)) state[k].store(from[k + 2] + offset);
  });
  not_finite += x * S(0);
  x.store(from[0] + offset);
}

/// One step of a rule on n weights. Returns whether all are finite numbers afterwards.
template <class RuleType, Scalar S, class Kernel, class Policies>
EIGEN_DONT_INLINE bool step_rule(const Kernel kernel, const Pointers<S> from, Index n,
                                 const Policies policies) {
  constexpr Index length = line_length<S>;
  const Index whole = n / length * length, left = n - whole;
  Line<S> not_finite = S(0);
  for (Index i = 0; i < whole; i += length) step_line<RuleType>(kernel, from, i, policies, not_finite);
  if (left > 0) {
    Tail<S> tail;
    const Pointers<S> end = advanced(from, whole);
    Line<S> tail_not_finite = S(0);
    alignas(64) S steps[static_cast<std::size_t>(length)];
    Policies own = policies;
    if constexpr (!std::same_as<Policies, Free>) own.steps = steps;
    step_line<RuleType>(kernel, tail.copy(end, left), 0, own, tail_not_finite);
    tail.copy_back(end, left);
    if constexpr (!std::same_as<Policies, Free>)
      if (policies.steps) copy_rest(steps, left, policies.steps + whole);
    not_finite += tail_not_finite.first(left);
  }
  return not_finite.sum() == 0;
}

}  // namespace espalier::detail
