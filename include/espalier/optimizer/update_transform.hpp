// SPDX-License-Identifier: MIT
// Transforms of the update: what an optimizer does to the step of each weight, after its rule and before its
// policies. Gradient transforms (transform.hpp) come before the rule.
//
// A transform gives one factor for each weight (ParameterKind::weight; biases and gains move as they are):
//
//   double factor(Block<const S> before, Block<const S> step, double rate) const;
//
// where `before` is the weight after decoupled decay, `step` what the rule adds to it at this learning rate
// (0 where a mask or Frozen lets a weight have one value only); the factor is finite and not negative. The
// step becomes that many times as long, and so do the step sizes: the metric of the step is the rule's over
// the factor, in which prox and projection follow as always.
//
// A step may be too short for the weights to show it, before it is scaled. So the kernel of the rule is given
// zeros in their place: what it adds to a weight must not depend on that.
#pragma once

#include <cmath>
#include <concepts>
#include <span>
#include <tuple>

#include "espalier/core/block.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/optimizer/matrix_rule.hpp"
#include "espalier/optimizer/record_step.hpp"
#include "espalier/optimizer/update.hpp"

namespace espalier {

template <class T>
concept UpdateTransform = requires(const T& t, Block<const float> f, Block<const double> d) {
  { t.factor(f, f, 0.1) } -> std::same_as<double>;
  { t.factor(d, d, 0.1) } -> std::same_as<double>;
};

/// Every step of a weight is as long as the learning rate times the weight, both in the Euclidean norm: the
/// rate is the relative change, and on a sphere about the angle (Hyperball: Wen et al. 2026, which is this
/// with Whole{UnitNorm{}} but for the radius). The rule says the direction only. Steps from a weight of zeros
/// stay as they are, and so do those whose factor the precision of the weights does not hold.
struct NormalizeUpdate {
  template <Scalar S>
  double factor(Block<const S> before, Block<const S> step, double rate) const {
    const double length = detail::norm(before.data, before.size()),
                 factor = rate * (length / detail::norm(step.data, step.size()));
    return length > 0 && std::isfinite(static_cast<S>(factor)) ? factor : 1;
  }
  bool operator==(const NormalizeUpdate&) const = default;
};

namespace detail {

template <class... Extras>
inline constexpr bool transforms_updates = (false || ... || UpdateTransform<Extras>);

/// Does a step need all of a parameter, the `index`-th, because of the rule or of what an optimizer is given
/// beside it?
template <class RuleType, Scalar S, class... Extras>
bool steps_whole(const RuleType& rule, const std::tuple<Extras...>&, const ParameterEntry<S>& e,
                 const OptimizerState<S>& state, std::size_t index) {
  return takes_matrix(rule, e, state.elementwise, index) ||
         (transforms_updates<Extras...> && e.kind == ParameterKind::weight);
}

/// Throws ValueError for options of the rule that mean nothing with these extras.
template <class RuleType, class... Extras>
void check_update_transforms([[maybe_unused]] const RuleType& rule) {
  if constexpr (transforms_updates<Extras...>) {
    static_assert(
        !MatrixRule<RuleType>,
        "the steps of a rule that sees matrices, as Muon, have a given norm already: drop the transform "
        "of the update");
    if (rule.at_bound != AtBound::keep)
      fail("optimizer", "at_bound keep with a transform of the update", "another");
  }
}

/// Plans the buffers of a step.
template <class RuleType, Scalar S, class... Extras>
void plan_step(const RuleType& rule, [[maybe_unused]] const std::tuple<Extras...>& extras,
               const Parameters<S>& parameters, OptimizerState<S>& state) {
  plan_step(rule, parameters, state);
  if constexpr (transforms_updates<Extras...>) {
    BufferSize size;
    std::size_t index = 0;
    for (const ParameterEntry<S>& e : parameters.entries()) {
      if (!steps_whole(rule, extras, e, state, index++)) continue;
      size.include(buffer_size<S>(e.pack.traits(), e.rows, e.cols));
      size.include({.numbers = e.size()});
    }
    state.buffers.front().fit(size);
  }
}

/// Applies the transforms of the update to the step from `before`. Returns the product of their factors.
template <Scalar S, class... Extras>
double transform_update(const std::tuple<Extras...>& extras, Block<const S> before, Block<S> step,
                        double rate) {
  double factor = 1;
  const auto apply = [&]<class E>([[maybe_unused]] const E& extra) {
    if constexpr (UpdateTransform<E>) {
      const double own = extra.factor(before, Block<const S>(step), rate);
      for (Index i = 0; i < step.size(); ++i)
        step.data[i] = static_cast<S>(own * static_cast<double>(step.data[i]));
      factor *= own;
    }
  };
  std::apply([&](const Extras&... extra) { (apply(extra), ...); }, extras);
  return factor;
}

/// The `step`-th step of a parameter for which steps_whole() holds: gradient -> smooth penalties -> decay ->
/// the rule -> transforms of the update, in the order written -> prox and projection in the metric. The
/// parameter multiplies the learning rate by `own_rate`. Returns whether all weights are finite.
template <class RuleType, Scalar S, class... Extras>
bool step_whole(const RuleType& rule, double rate, double own_rate, bool penalties_added,
                [[maybe_unused]] const std::tuple<Extras...>& extras, Parameters<S>& parameters,
                ParameterEntry<S>& e, long step, OptimizerState<S>& state, PolicyCounts& active) {
  if constexpr (transforms_updates<Extras...>) {
    const AnyPack<S>& pack = e.pack.in_step(step);
    const Update<RuleType, S> update(rule, step, rate * own_rate, penalties_added);
    const Block<S> w = parameters.values_of(e);
    const Pointers<S> numbers = state.at(parameters, e.offset);
    ChunkBuffers<S>& buffers = state.buffers.front();
    const double shrink = shrink_of(e, rate, rule.learning_rate, own_rate);
    PolicyCounts counts{};
    ArrayMap<S> weights(w.data, w.size()), moved(buffers.after(), w.size()), steps(buffers.steps(), w.size());
    moved = S(0);
    Pointers<S> from_zero = numbers;
    from_zero[0] = moved.data();
    if (!update.before_all(pack, S(1), w, from_zero, buffers, 0, counts.data())) return false;
    pack.clear_held(w, moved.data());
    if (pack.cautious())
      decay_with_step(static_cast<S>(shrink), moved.data(), w.data, w.size());
    else
      weights *= static_cast<S>(shrink);
    const double factor =
        transform_update(extras, Block<const S>(w), Block<S>{moved.data(), w.rows, w.cols}, rate * own_rate);
    weights += moved;
    steps *= static_cast<S>(factor);
    if (!all_finite(w.data, w.size()) ||
        !update.scaled(static_cast<S>(factor)).after_all(pack, w, numbers, buffers, counts.data()))
      return false;
    record_step(e, pack, std::span<const PolicyCounts>(&counts, 1), active, shrink);
    return true;
  } else {
    return step_matrix(rule, rate, own_rate, penalties_added, parameters, e, step, state, active);
  }
}

}  // namespace detail
}  // namespace espalier
