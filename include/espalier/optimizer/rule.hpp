// SPDX-License-Identifier: MIT
// The contract of an optimizer's rule: the mathematics of one step, on one cache line of weights, and nothing
// else.
//
// A rule is an aggregate of options:
//
//   double learning_rate; AtBound at_bound;                // the base learning rate; momentum at a bound
//   void validate() const;                        // throws ValueError
//   void describe(auto&& f) const;                // optional: f("beta1", beta1) for each other option
//   int states() const;                           // 0 to 3 numbers for a weight; best static constexpr
//   int momentum_state() const;                   // which of them is a momentum; -1: none; likewise
//   static constexpr bool adaptive;               // has every weight its own step size?
//   static constexpr bool rests_at_zero;          // optional: does 0 stay 0, if gradient and states are 0?
//   static constexpr std::string_view name;       // optional: of the rule, in files
//   static constexpr std::array<std::string_view, n> state_names;  // optional: of its states; else "state_0"
//   Kernel kernel<S>(long k, double rate) const;  // the k-th step, k >= 1, at this learning rate >= 0
//
// and its kernel has
//
//   void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>& t) const;
//
//   S momentum_step(S t) const;    // how far a momentum of 1 moves a weight whose step size is t
//   S step_size() const;           // optional, not adaptive: the step size of all weights; else the rate
//
// where `t` takes the step sizes, if the rule is adaptive. The last line of a row may be longer than the row:
// there all numbers are 0 on entry, and of no account afterwards.
//
// The step sizes are the metric of the step: a rule at rest, where the gradient stays what it is, moves each
// weight by t times its gradient. That is downhill in the norm sum x^2 / t, in which the penalty's prox and
// the sets' projection follow. A weight whose momentum is 0 (whose gradient, where a rule has no momentum)
// must not be moved: its step size is then free, and is chosen anew where a policy looks at rows
// (untouched.hpp). docs/numerics.md derives the step sizes of our rules.
//
// Options that `describe` names (core/description.hpp), and the two above, are compared when a run is taken
// up from a file; others are not.
//
// A kernel may also take a fifth argument, the strength of the penalty whose prox follows the step:
//
//   void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>& t, auto strength) const;
//
// which is NoPenalty{}, or the largest slope of the penalty of one weight, as an S. A rule that divides by
// the size of past gradients divides by at_least(size, strength), in the step and in t. So a threshold
// strength * t is at most the learning rate.
#pragma once

#include <array>
#include <cmath>
#include <concepts>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier {

/// What happens to the momentum of weights that a set holds back. `keep`: nothing (the textbook method; a
/// momentum of 0.9 delays leaving a bound by about 7 steps). `zero`: it is forgotten. `tangent`: its part
/// that points out of the set is removed. `displacement`: it becomes the step that was really made. Packs
/// with a proximal penalty always keep it.
enum class AtBound { keep, zero, tangent, displacement };

/// A rule's numbers for a line of weights; those that it does not have are zero.
template <Scalar S>
using States = std::array<Line<S>, 3>;

namespace detail {

/// `size`, or the strength of the penalty that follows where that is more.
template <Scalar S>
ESPALIER_INLINE Line<S> at_least(const Line<S>& size, NoPenalty) {
  return size;
}
template <Scalar S>
ESPALIER_INLINE Line<S> at_least(const Line<S>& size, S strength) {
  return size.max(strength);
}

template <class Kernel, class S>
inline constexpr bool takes_strength = requires(const Kernel& kernel, Line<S> line, States<S> states,
                                                S strength) {
  kernel(line, line, states, line, strength);
};

/// Runs a kernel that takes the strength of the penalty, or one that does not ask for it.
template <class Kernel, Scalar S, class Strength>
ESPALIER_INLINE void run_kernel(const Kernel& kernel, Line<S>& w, const Line<S>& g, States<S>& s, Line<S>& t,
                                Strength strength) {
  if constexpr (requires { kernel(w, g, s, t, strength); })
    kernel(w, g, s, t, strength);
  else
    kernel(w, g, s, t);
}

/// The step size of all weights under a rule that is not adaptive.
template <class Kernel, Scalar S>
S uniform_step(const Kernel& kernel, S rate) {
  if constexpr (requires { kernel.step_size(); })
    return kernel.step_size();
  else
    return rate;
}

/// 1 - beta^k, what an average that started at zero has of its goal after k steps. beta^k <= e^(-k (1 -
/// beta)), and no 1 - x differs from 1 where x < e^-40.
inline double share_after(long k, double beta) {
  const double steps = static_cast<double>(k);
  return steps * (1 - beta) > 40 ? 1 : 1 - std::pow(beta, steps);
}

}  // namespace detail

template <class R>
concept Rule = requires(const R& rule, Line<float> line, States<float> states) {
  { rule.learning_rate } -> std::convertible_to<double>;
  { rule.at_bound } -> std::convertible_to<AtBound>;
  { rule.states() } -> std::same_as<int>;
  { rule.momentum_state() } -> std::same_as<int>;
  { R::adaptive } -> std::convertible_to<bool>;
  rule.validate();
  requires requires { rule.template kernel<float>(1L, 0.1)(line, line, states, line); } || requires {
    rule.template kernel<float>(1L, 0.1)(line, line, states, line, NoPenalty{});
  };
  { rule.template kernel<float>(1L, 0.1).momentum_step(0.1F) } -> std::same_as<float>;
};

}  // namespace espalier
