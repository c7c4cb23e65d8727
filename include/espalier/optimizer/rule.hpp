// SPDX-License-Identifier: MIT
// The contract of an optimizer's rule: the mathematics of one step, on one cache line of weights, and nothing
// else.
//
// A rule is an aggregate of options:
//
//   double learning_rate; AtBound at_bound;                // the base learning rate; momentum at a bound
//   void validate() const;                        // throws ValueError
//   int states() const;                           // 0 to 3 numbers for a weight; best static constexpr
//   int momentum_state() const;                         // which of them is a momentum; -1: none
//   static constexpr bool adaptive;               // has every weight its own step size?
//   static constexpr bool rests_at_zero;          // optional: does 0 stay 0, if gradient and states are 0?
//   Kernel kernel<S>(long k, double rate) const;  // the k-th step, k >= 1, at this learning rate >= 0
//
// and its kernel has
//
//   void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>& t) const;
//
//   S momentum_step(S t) const;    // how far a momentum of 1 moves a weight whose step size is t
//
// where `t` takes the step sizes, if the rule is adaptive. The last line of a row may be longer than the row:
// there all numbers are 0 on entry, and of no account afterwards.
//
// The step sizes are the metric of the step: it went downhill in the norm sum x^2 / t, and that is the norm
// in which sets are projected onto.
#pragma once

#include <array>
#include <concepts>

#include "espalier/core/check.hpp"
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

template <class R>
concept Rule = requires(const R& rule, Line<float> line, States<float> states) {
  { rule.learning_rate } -> std::convertible_to<double>;
  { rule.at_bound } -> std::convertible_to<AtBound>;
  { rule.states() } -> std::same_as<int>;
  { rule.momentum_state() } -> std::same_as<int>;
  { R::adaptive } -> std::convertible_to<bool>;
  rule.validate();
  rule.template kernel<float>(1L, 0.1)(line, line, states, line);
  { rule.template kernel<float>(1L, 0.1).momentum_step(0.1F) } -> std::same_as<float>;
};

}  // namespace espalier
