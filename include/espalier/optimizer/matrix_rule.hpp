// SPDX-License-Identifier: MIT
// Rules that see some parameters as matrices, all numbers at once, and the others number by number.
//
// Beside what every rule has (rule.hpp), which is for the others, such a rule has
//
//   bool takes(ParameterKind kind, Index rows, Index cols) const;  // which parameters it sees as matrices
//   double rate_of_others(double rate) const;                      // the learning rate of the others
//   static constexpr Index room;                                   // doubles for each number of a matrix
//   void step_matrix(Block<S> w, Block<const S> g, const MatrixStates<S>& s, double rate,
//                    double* room) const;
//
// where w is the weight after decoupled decay (zeros, to which the step is added, where decay waits for
// it: WeightDecay::cautious), g its gradient with smooth penalties, and s the rule's numbers
// for it, as many as states() says. On{pattern, Elementwise{}} adds to the others what the user says. The
// numbers are a rule's own: they need not be what its kernel keeps.
//
// Optional: `static constexpr bool stays_in_ball = true`, of a rule whose steps go a share of the way, its
// learning rate, to a point of a set of its own, as Scion's. All that would lead out of this is refused:
// decay, penalties with a prox and sets, for all parameters.
//
// The step of a matrix has no step size for a single weight, so that no metric says what is nearest to it.
// Two kinds of sets go together with it all the same, others and penalties with a prox are refused: functions
// of the singular values, as SpectralBall, which have the same normals (docs/numerics.md, "Muon"), and sets
// that say Metric::euclidean.
#pragma once

#include <array>
#include <concepts>
#include <span>
#include <string>

#include "espalier/kernel/norm.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/optimizer/cautious_decay.hpp"
#include "espalier/optimizer/pack_options.hpp"
#include "espalier/optimizer/record_step.hpp"
#include "espalier/optimizer/rule.hpp"
#include "espalier/optimizer/state.hpp"

namespace espalier {

template <Scalar S>
using MatrixStates = std::array<S*, 3>;

template <class R>
concept MatrixRule = Rule<R> && requires(const R& rule, Block<float> w, Block<const float> g,
                                         const MatrixStates<float>& states, double* room) {
  { rule.takes(ParameterKind::weight, Index{}, Index{}) } -> std::same_as<bool>;
  { rule.rate_of_others(0.1) } -> std::same_as<double>;
  { R::room } -> std::convertible_to<Index>;
  rule.step_matrix(w, g, states, 0.1, room);
};

namespace detail {

/// Does the rule see this parameter, the `index`-th, as a matrix? `elementwise` as in OptimizerState.
template <class RuleType, Scalar S>
bool takes_matrix([[maybe_unused]] const RuleType& rule, [[maybe_unused]] const ParameterEntry<S>& e,
                  [[maybe_unused]] const std::vector<bool>& elementwise, [[maybe_unused]] std::size_t index) {
  if constexpr (MatrixRule<RuleType>)
    return rule.takes(e.kind, e.rows, e.cols) && (elementwise.empty() || !elementwise[index]);
  return false;
}

/// What a learning rate of the rule is for the parameters that it sees number by number.
template <class RuleType>
double rate_of_lines([[maybe_unused]] const RuleType& rule, double rate) {
  if constexpr (MatrixRule<RuleType>) return rule.rate_of_others(rate);
  return rate;
}

/// Throws ValueError for a pack that has no meaning after the step of a matrix.
template <Scalar S>
void check_metric(const ParameterEntry<S>& e) {
  const PackTraits& traits = e.pack.traits();
  if (!traits.constrains() || (traits.spectral && !traits.proximal)) return;
  const S step[] = {S(1)};
  if (!traits.proximal && e.pack.metric(Steps<S>{step, S(1)}, S(1)).each == nullptr) return;
  fail(e.path,
       "under a rule that sees matrices, whose steps have no diagonal metric, smooth penalties, decay, sets "
       "of "
       "singular values as SpectralBall, or sets with .metric = Metric::euclidean",
       names_of(e.pack));
}

/// Plans the buffers of a step.
template <class RuleType, Scalar S>
void plan_step([[maybe_unused]] const RuleType& rule, const Parameters<S>& parameters,
               OptimizerState<S>& state) {
  state.plan_threads(parameters);
  if constexpr (MatrixRule<RuleType>) {
    BufferSize size;
    std::size_t index = 0;
    for (const ParameterEntry<S>& e : parameters.entries()) {
      if (!takes_matrix(rule, e, state.elementwise, index++)) continue;
      size.include(buffer_size<S>(e.pack.traits(), e.rows, e.cols));
      size.scratch.room = std::max(size.scratch.room, RuleType::room * e.size());
      if (e.pack.cautious()) size.include({.numbers = e.size()});
    }
    state.buffers.front().fit(size);
  }
}

/// The factor of decoupled decay of a parameter that the rule sees number by number, at a learning rate of
/// the rule that this parameter multiplies by `factor`.
template <class RuleType, Scalar S>
double shrink_of_lines(const RuleType& rule, const ParameterEntry<S>& e, double rate, double factor) {
  return shrink_of(e, rate_of_lines(rule, rate), rate_of_lines(rule, rule.learning_rate), factor);
}

/// Throws ValueError for a pack, or a rate, that leads out of the ball in which a rule stays.
template <Scalar S>
void check_in_ball(const ParameterEntry<S>& e, double rate) {
  if (!e.trained()) return;
  if (!(rate <= 1)) fail(e.path, "a learning rate of 1 at most: a step goes that share of its way", rate);
  const PackTraits& traits = e.pack.traits();
  if (traits.decays || traits.constrains())
    fail(e.path,
         "smooth penalties alone under a rule whose steps stay in a ball by themselves, as Scion (its radius "
         "is the bound)",
         names_of(e.pack));
}

/// Throws ValueError for packs that have no meaning after the step of a matrix, and for decay that makes none
/// at the rates that parameters have.
template <class RuleType, Scalar S>
void check_matrix_options(const RuleType& rule, const Parameters<S>& parameters, double rate,
                          const std::vector<double>& factors, const std::vector<bool>& elementwise) {
  std::size_t index = 0;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    const bool matrix = takes_matrix(rule, e, elementwise, index);
    const double factor = factors.empty() ? 1 : factors[index];
    ++index;
    if constexpr (requires { RuleType::stays_in_ball; }) check_in_ball(e, rate * factor);
    if (matrix) check_metric(e);
    check_shrink(
        e, matrix ? shrink_of(e, rate, rule.learning_rate, factor) : shrink_of_lines(rule, e, rate, factor));
  }
}

/// One step of a parameter that the rule sees as a matrix: gradient -> smooth penalties -> decay -> the rule
/// -> projection. `active` as in Update. Returns whether all weights are finite.
template <class RuleType, Scalar S>
bool step_matrix([[maybe_unused]] const RuleType& rule, [[maybe_unused]] double rate,
                 [[maybe_unused]] double factor, [[maybe_unused]] bool penalties_added,
                 [[maybe_unused]] Parameters<S>& parameters, [[maybe_unused]] ParameterEntry<S>& e,
                 [[maybe_unused]] long step, [[maybe_unused]] OptimizerState<S>& state,
                 [[maybe_unused]] PolicyCounts& active) {
  if constexpr (MatrixRule<RuleType>) {
    const AnyPack<S>& pack = e.pack.in_step(step);
    PolicyCounts counts{};
    const Block<S> w = parameters.values_of(e);
    const Pointers<S> numbers = state.at(parameters, e.offset);
    const Scratch<S> scratch = state.buffers.front().scratch();
    const double shrink = shrink_of(e, rate, rule.learning_rate, factor);
    if (!penalties_added && !pack.add_gradient(w, numbers[1], counts.data())) return false;
    ArrayMap<S> weights(w.data, w.size());
    const auto step_from = [&](Block<S> from) {
      rule.step_matrix(from, Block<const S>{numbers[1], w.rows, w.cols},
                       MatrixStates<S>{numbers[2], numbers[3], numbers[4]}, rate * factor, scratch.room);
    };
    if (pack.cautious()) {
      ArrayMap<S> moved(state.buffers.front().after(), w.size());
      moved = S(0);
      step_from({moved.data(), w.rows, w.cols});
      decay_with_step(static_cast<S>(shrink), moved.data(), w.data, w.size());
      weights += moved;
    } else {
      weights *= static_cast<S>(shrink);
      step_from(w);
    }
    if (!all_finite(w.data, w.size())) return false;
    const S uniform = static_cast<S>(rate * factor);
    if (pack.traits().constrains() && !pack.constrain(w, {nullptr, uniform}, uniform, scratch, counts.data()))
      return false;
    record_step(e, pack, std::span(&counts, 1), active, shrink);
  }
  return true;
}

}  // namespace detail
}  // namespace espalier
