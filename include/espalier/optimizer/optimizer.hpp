// SPDX-License-Identifier: MIT
// The optimizer: a rule with gradient transforms and policies. It knows the parameters of a model, and not
// its layers.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <tuple>
#include <utility>
#include <variant>

#include "espalier/core/flush.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/model/access.hpp"
#include "espalier/model/change.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/optimizer/gradients.hpp"
#include "espalier/optimizer/lend.hpp"
#include "espalier/optimizer/matrix_rule.hpp"
#include "espalier/optimizer/neighbors.hpp"
#include "espalier/optimizer/on.hpp"
#include "espalier/optimizer/pack_options.hpp"
#include "espalier/optimizer/saved_optimizer.hpp"
#include "espalier/optimizer/state.hpp"
#include "espalier/optimizer/step_parameter.hpp"
#include "espalier/optimizer/transform.hpp"
#include "espalier/optimizer/update.hpp"
#include "espalier/optimizer/update_transform.hpp"
#include "espalier/pack/pack_of.hpp"

namespace espalier {
namespace detail {

struct PoliciesOfOptimizer {
  template <class E>
  static constexpr bool keeps = !GradientTransform<E> && !UpdateTransform<E> && !JointPenalty<E> &&
                                !is_on<E> && !is_bias<E> && !is_gain<E>;
};

}  // namespace detail

/// `Optimizer optimizer{Adam{.learning_rate = 1e-3}, ClipNorm{1}, MaxNorm{.radius = 3}};`: a rule, gradient
/// transforms in the order in which they act, and policies for the weights whose layer names none. What is
/// for some parameters only stands in an On: `On{"*.bias", RateFactor{0.1}}`. A value: copies continue alike.
/// The order of a step: gradient, smooth penalties, transforms, moments, decoupled decay, step, transforms of
/// the update, prox and projection in the metric of the step.
template <Rule RuleType, class... Extras>
class Optimizer {
 public:
  using Policies = detail::PackOf<detail::PoliciesOfOptimizer, Extras...>;
  static_assert(
      Policies::reparametrizations == 0,
      "a reparametrization belongs to a layer, not to an optimizer: write Dense(in, out, WeightNorm{})");
  static_assert((true && ... && (!detail::is_bias<Extras> && !detail::is_gain<Extras>)),
                "an optimizer takes policies of biases and gains by pattern: write On{\"*.bias\", "
                "Bias{NonNegative{}}}");

  static_assert(
      MatrixRule<RuleType> || (true && ... && !detail::says_elementwise<Extras>),
      "Elementwise is for a rule that sees matrices, as Muon: this one moves every weight number by "
      "number already, drop it");

  /// Throws ValueError for options that make no sense.
  Optimizer() : Optimizer(RuleType{}, Extras{}...) {}
  explicit Optimizer(const RuleType& rule, const Extras&... extras)
      : rule_(rule), extras_(extras...), policies_(detail::pack_of<detail::PoliciesOfOptimizer>(extras...)) {
    rule.validate();
    detail::check_update_transforms<RuleType, Extras...>(rule);
    if (rule.at_bound != AtBound::keep && rule.momentum_state() < 0)
      detail::fail("optimizer", "at_bound keep of a rule without momentum", "another");
    [[maybe_unused]] auto validate = [](const auto& extra) {
      const auto& policy = detail::ungrouped(extra);
      if constexpr (requires { policy.validate(); }) policy.validate();
    };
    (validate(extras), ...);
  }

  const RuleType& rule() const { return rule_; }
  const Policies& policies() const { return policies_; }
  const std::tuple<Extras...>& extras() const { return extras_; }

  /// Steps made so far.
  long steps() const { return steps_; }
  /// Those made with this model; 0 where it would begin anew, as with one that is initialized again.
  template <class M>
  long steps(const M& model) const {
    return state_of(model.parameters()) ? steps_ : 0;
  }
  /// As constructed: forgets steps, moments and model, to begin anew with a model that it knows. With another
  /// of the same shapes, a copy of an untrained one or one that is initialized again, it does so by itself.
  void reset() {
    *this = std::apply([this](const auto&... extras) { return Optimizer(rule_, extras...); }, extras_);
  }

  /// The learning rate of the next step: the rule's, times the factor of a schedule.
  double learning_rate() const { return rule_.learning_rate * factor_; }
  void scale_rate(double factor) {
    detail::check_not_negative("learning rate", "factor", factor);
    if (std::isinf(static_cast<float>(rule_.learning_rate * factor)))
      detail::fail("learning rate", "a rate that is finite as a float", rule_.learning_rate * factor);
    factor_ = factor;
  }

  /// Plans the state for a model, and puts the policies on the weights whose layer names none: from here on
  /// they belong to the model, which audits and projects onto them. (Another optimizer with policies puts its
  /// own there instead; what edit_policy has changed since then stays.) The first step does it too. A model
  /// of the same shapes that it has not trained takes the place of the one before: steps and moments begin
  /// anew. Throws, and changes nothing: ShapeError for parameters of other shapes or precision than the state
  /// belongs to, NotFiniteError for weights that are not, ValueError for packs that the options do not fit,
  /// and for a model that it has trained before another.
  template <Scalar S>
  void prepare(Parameters<S>& parameters) {
    if (!state_of(parameters) && !std::holds_alternative<std::monostate>(state_))
      detail::check_other_model(std::get_if<detail::OptimizerState<S>>(&state_), run_, parameters);
    detail::require_finite(parameters, "weights", parameters.values());
    const auto* known = state_of(parameters);
    Parameters<S> changed = parameters;
    std::shared_ptr<const detail::LentPolicies<S>> lent;
    std::vector<double> factors;
    std::vector<bool> elementwise;
    if constexpr (lends) {
      lent = known ? known->lent : detail::lent_policies<S>(policies_, extras_);
      if (!known)  // policies of another optimizer, edited or not, go
        for (ParameterEntry<S>& e : detail::Change<S>(changed).entries()) e.edited = false;
      lent->lend(changed);
      if constexpr (has_patterns)
        factors = lent->rate_factors(changed), elementwise = lent->elementwise(changed);
    }
    check_options(changed, factors, elementwise);
    if (!known) {
      state_ = detail::OptimizerState<S>(changed, lent, rule_.states());
      run_ = {run_.optimizer ? run_.optimizer : detail::next_identity(), detail::next_identity()};
      steps_ = 0;
      detail::Change<S>(changed).runs().add(run_);
    }
    auto& state = std::get<detail::OptimizerState<S>>(state_);
    state.rate_factors = std::move(factors), state.elementwise = std::move(elementwise);
    detail::plan_step(rule_, extras_, changed, state);
    parameters.take(std::move(changed));
  }
  template <class M>
  requires requires(M& model) { model.parameters(); }
  void prepare(M& model) { prepare(model.parameters()); }

  /// One step on the gradients in the model. Throws NotFiniteError, and changes no weights, if one of them is
  /// not finite or so large that its square would overflow, with transforms after them. Afterwards the
  /// gradients include smooth penalties and transforms. A step that ends in weights that are not finite
  /// throws it too, when they are lost.
  template <Scalar S>
  void step(Parameters<S>& parameters) {
    const detail::FlushDenormals flush;
    detail::clear_untrained(parameters);
    const S square_fits = std::sqrt(std::numeric_limits<S>::max()) / 8;
    detail::require_finite(parameters, "gradients", parameters.gradients(),
                           transforms ? std::numeric_limits<S>::max() : square_fits);
    detail::OptimizerState<S>& state = begin_step(parameters);
    if (const auto& joint = parameters.joint_penalties(); !joint.empty())
      joint.front().add_gradients(parameters, transforms ? std::numeric_limits<S>::max() : square_fits);
    if constexpr (transforms)
      detail::transform_gradients(extras_, parameters, square_fits, state.active, state.gathered);
    else
      detail::add_matrix_penalties(parameters, square_fits, state.active);
    const detail::Update<RuleType, S> update(rule_, ++steps_, detail::rate_of_lines(rule_, learning_rate()),
                                             transforms);
    detail::Neighbors<S, detail::rests_at_zero<RuleType>> neighbors;
    const auto update_free = [&](Index begin, Index n) {
      detail::step_free(parameters, update, begin, n, state);
    };
    std::size_t index = 0;
    for (ParameterEntry<S>& e : detail::InStep<S>(parameters).entries()) {
      const double factor = state.rate_factor(index);
      Counts& active = state.active[index];
      const bool whole = detail::steps_whole(rule_, extras_, e, state, index++);
      if (!e.trained()) continue;
      if (whole) {
        if (!detail::step_whole(rule_, learning_rate(), factor, transforms, extras_, parameters, e, steps_,
                                state, active))
          detail::fail_step(e.path);
        continue;
      }
      if constexpr (has_patterns)
        if (factor != 1) {
          step_at(factor, parameters, e, state, active);
          continue;
        }
      if (e.pack.empty())
        neighbors.add(e.offset, e.size(), update_free);
      else
        detail::step_under(parameters, e, update, shrink_of(e, 1), steps_, state, active);
    }
    neighbors.finish(update_free);
    detail::end_step(parameters, steps_);
  }
  template <class M>
  requires requires(M& model) { model.parameters(); }
  void step(M& model) { step(model.parameters()); }

  /// What it keeps for this model, by name; zeros before the first step. Throws ShapeError for another model.
  template <class M>
  SavedOptimizer<typename M::scalar_type> state(const M& model) const {
    using S = typename M::scalar_type;
    const auto* state = std::get_if<detail::OptimizerState<S>>(&state_);
    if (!std::holds_alternative<std::monostate>(state_) && (!state || !state->belongs_to(model.parameters())))
      detail::fail_other_model(model.parameters());
    // With a model that it has not trained it would begin anew.
    std::span<const S> numbers;
    if (state_of(model.parameters())) numbers = state->numbers;
    return {detail::rule_name<RuleType>(), steps(model), factor_,
            detail::states_by_name(model.parameters(), numbers, detail::state_names(rule_))};
  }
  /// Goes on from there, bit for bit. Prepares the model. Throws, and changes nothing, for the state of
  /// another rule or model, or numbers that are not finite.
  template <class M>
  void restore(M& model, const SavedOptimizer<typename M::scalar_type>& saved) {
    detail::check_saved(saved, detail::rule_name<RuleType>(), rule_.learning_rate);
    auto numbers = detail::states_from_names(model.parameters(), saved.numbers, detail::state_names(rule_));
    prepare(model);
    std::get<detail::OptimizerState<typename M::scalar_type>>(state_).numbers = std::move(numbers);
    steps_ = saved.steps;
    factor_ = saved.rate_factor;
  }

 private:
  static constexpr bool transforms = (false || ... || detail::transforms_gradients<Extras>);
  static constexpr bool has_patterns = (false || ... || detail::is_on<Extras>);
  static constexpr bool lends = !Policies::empty || has_patterns || (false || ... || JointPenalty<Extras>);
  using Counts = detail::PolicyCounts;

  template <Scalar S>
  const detail::OptimizerState<S>* state_of(const Parameters<S>& parameters) const {
    const auto* state = std::get_if<detail::OptimizerState<S>>(&state_);
    return state && state->belongs_to(parameters) && parameters.runs().contains(run_) ? state : nullptr;
  }

  /// Is there a state for these parameters, and have they the policies?
  template <Scalar S>
  bool is_ready(const Parameters<S>& parameters) const {
    const auto* state = state_of(parameters);
    if constexpr (lends) return state && state->lent->are_on(parameters);
    return state != nullptr;
  }

  /// The state for a step on these parameters. What depends on neither gradients nor weights is looked at
  /// once, until something of it changes.
  template <Scalar S>
  detail::OptimizerState<S>& begin_step(Parameters<S>& parameters) {
    auto* state = std::get_if<detail::OptimizerState<S>>(&state_);
    const int number = threads();  // asked once: another thread may set it meanwhile
    if (!state || state->begun.value != detail::Begun{parameters.version(), number, learning_rate()}) {
      if (!is_ready(parameters)) prepare(parameters);
      state = std::get_if<detail::OptimizerState<S>>(&state_);
      check_options(parameters, state->rate_factors, state->elementwise);
      detail::plan_step(rule_, extras_, parameters, *state);
      state->begun = detail::Begun{parameters.version(), number, learning_rate()};
    }
    std::fill(state->active.begin(), state->active.end(), Counts{});
    return *state;
  }

  template <Scalar S>
  void check_options(const Parameters<S>& parameters, const std::vector<double>& factors,
                     [[maybe_unused]] const std::vector<bool>& elementwise) const {
    constexpr bool sees_matrices = MatrixRule<RuleType>;
    detail::check_pack_options(parameters, rule_.at_bound, sees_matrices ? 0 : learning_rate(),
                               rule_.learning_rate, factors);
    if constexpr (sees_matrices)
      detail::check_matrix_options(rule_, parameters, learning_rate(), factors, elementwise);
  }
  template <Scalar S>
  double shrink_of(const ParameterEntry<S>& e, double factor) const {
    return detail::shrink_of_lines(rule_, e, learning_rate(), factor);
  }

  /// Updates a parameter whose learning rate has a factor of its own.
  template <Scalar S>
  void step_at(double factor, Parameters<S>& parameters, ParameterEntry<S>& e,
               detail::OptimizerState<S>& state, Counts& active) const {
    const detail::Update<RuleType, S> update(
        rule_, steps_, detail::rate_of_lines(rule_, learning_rate() * factor), transforms);
    if (e.pack.empty())
      detail::step_free(parameters, update, e.offset, e.size(), state);
    else
      detail::step_under(parameters, e, update, shrink_of(e, factor), steps_, state, active);
  }

  RuleType rule_;
  std::tuple<Extras...> extras_;
  Policies policies_;
  double factor_ = 1;
  long steps_ = 0;
  detail::Run run_;
  std::variant<std::monostate, detail::OptimizerState<float>, detail::OptimizerState<double>> state_;
};

}  // namespace espalier
