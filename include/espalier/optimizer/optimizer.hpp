// SPDX-License-Identifier: MIT
// The optimizer: a rule with gradient transforms and policies. It knows the parameters of a model, and not
// its layers.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>
#include <variant>

#include "espalier/core/flush.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/model/access.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/optimizer/neighbors.hpp"
#include "espalier/optimizer/state.hpp"
#include "espalier/optimizer/transform.hpp"
#include "espalier/optimizer/update.hpp"
#include "espalier/optimizer/update_transform.hpp"
#include "espalier/pack/pack_of.hpp"

namespace espalier {
namespace detail {

struct PoliciesOfOptimizer {
  template <class E>
  static constexpr bool keeps = !GradientTransform<E> && !UpdateTransform<E>;
};

}  // namespace detail

/// `Optimizer optimizer{Adam{.learning_rate = 1e-3}, ClipNorm{1}, MaxNorm{.radius = 3}};`: a rule, gradient
/// transforms in the order in which they act, and policies for the weights whose layer names none. A value:
/// copies continue alike. The order of a step: gradient, smooth penalties, transforms, moments, decoupled
/// decay, step, transforms of the update, prox and projection in the metric of the step.
template <Rule RuleType, class... Extras>
class Optimizer {
 public:
  using Policies = detail::PackOf<detail::PoliciesOfOptimizer, Extras...>;
  static_assert(
      Policies::reparametrizations == 0,
      "a reparametrization belongs to a layer, not to an optimizer: write Dense(in, out, WeightNorm{})");

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

  /// Steps made so far.
  long steps() const { return steps_; }
  /// As constructed: forgets steps, moments and model. For the next fold or restart; else they go on.
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
  /// own there instead.) The first step does it too. Throws, and changes nothing: ShapeError for parameters
  /// of other shapes or precision than the state belongs to, NotFiniteError for weights that are not,
  /// ValueError for packs that the options do not fit.
  template <Scalar S>
  void prepare(Parameters<S>& parameters) {
    if (!state_of(parameters) && !std::holds_alternative<std::monostate>(state_))
      detail::fail<ShapeError>(
          "optimizer", "the model that its state belongs to, its shapes and its precision",
          detail::format_message("another, of {} parameters and {} numbers of {} bytes",
                                 {parameters.entries().size(), parameters.values().size(), sizeof(S)}));
    detail::require_finite(parameters, "weights", parameters.values());
    const auto* known = state_of(parameters);
    const AnyPack<S> pack = known ? known->policies : AnyPack<S>(policies_);
    Parameters<S> changed = parameters;
    lend(pack, changed);
    check_options(changed);
    if (!known) state_ = detail::OptimizerState<S>(changed, pack, rule_.states());
    detail::plan_step(rule_, extras_, changed, *state_of(parameters));
    parameters = changed;  // copied, so that numbers stay at their addresses
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
    clear_untrained(parameters);
    const S square_fits = std::sqrt(std::numeric_limits<S>::max()) / 8;
    detail::require_finite(parameters, "gradients", parameters.gradients(),
                           transforms ? std::numeric_limits<S>::max() : square_fits);
    if (!is_ready(parameters)) prepare(parameters);
    check_options(parameters);
    detail::OptimizerState<S>& state = *state_of(parameters);
    detail::plan_step(rule_, extras_, parameters, state);
    std::fill(state.active.begin(), state.active.end(), Counts{});
    if constexpr (transforms) transform_gradients(parameters, square_fits, state);
    const detail::Update<RuleType, S> update(rule_, ++steps_, detail::rate_of_lines(rule_, learning_rate()),
                                             transforms);
    detail::Neighbors<S, detail::rests_at_zero<RuleType>> neighbors;
    const auto update_free = [&](Index begin, Index n) { step_free(parameters, update, begin, n, state); };
    std::size_t index = 0;
    for (ParameterEntry<S>& e : parameters.entries()) {
      Counts& active = state.active[index++];
      if (!e.trained()) continue;
      if (detail::steps_whole(rule_, extras_, e)) {
        if (!detail::step_whole(rule_, learning_rate(), transforms, extras_, parameters, e, update, state,
                                active.data()))
          fail_step(e.path);
      } else if (e.pack.empty()) {
        neighbors.add(e.offset, e.size(), update_free);
      } else {
        step_under(parameters, e, update, state, active);
      }
    }
    neighbors.finish(update_free);
    parameters.copy_tied();
  }
  template <class M>
  requires requires(M& model) { model.parameters(); }
  void step(M& model) { step(model.parameters()); }

 private:
  static constexpr bool transforms = (false || ... || GradientTransform<Extras>);
  using Counts = detail::PolicyCounts;

  template <Scalar S>
  detail::OptimizerState<S>* state_of(const Parameters<S>& parameters) {
    auto* state = std::get_if<detail::OptimizerState<S>>(&state_);
    return state && state->belongs_to(parameters) ? state : nullptr;
  }

  /// Is there a state for these parameters, and have they the policies?
  template <Scalar S>
  bool is_ready(const Parameters<S>& parameters) {
    const auto* state = state_of(parameters);
    if (!state || Policies::empty) return state != nullptr;
    return std::all_of(
        parameters.entries().begin(), parameters.entries().end(),
        [&](const ParameterEntry<S>& e) { return !takes_policies(e) || e.pack == state->policies; });
  }

  /// Has its layer left the policies of this weight to optimizers?
  template <Scalar S>
  static bool takes_policies(const ParameterEntry<S>& e) {
    return e.kind == ParameterKind::weight && (e.pack.empty() || e.lent);
  }

  /// Puts the policies of the optimizer on weights, and moves these into their sets.
  template <Scalar S>
  static void lend(const AnyPack<S>& pack, Parameters<S>& parameters) {
    if (pack.empty()) return;
    for (ParameterEntry<S>& e : parameters.entries()) {
      if (!takes_policies(e)) continue;
      if (e.frozen && !pack.contains(parameters.values_of(e)))
        detail::fail(e.path, "frozen weights inside the sets of the optimizer",
                     "weights outside: unfreeze them first");
      if (!(e.pack == pack)) {
        pack.validate(e.path + " (policies of the optimizer)", e.rows, e.cols);
        e.pack = pack, e.lent = true;
        e.activity.assign(pack.names().size(), {});
      }
      if (!e.frozen) pack.project(parameters.values_of(e));
    }
  }

  /// Does what the rule is told make sense for the packs of a model? The tangent at a corner, as where a
  /// row's norm and its elements are bounded, is not that of one set.
  template <Scalar S>
  void check_options(const Parameters<S>& parameters) const {
    for (const ParameterEntry<S>& e : parameters.entries()) {
      if (e.pack.traits().corners && rule_.at_bound == AtBound::tangent)
        detail::fail(e.path, "at_bound keep, zero or displacement where sets have corners", "tangent");
      detail::check_metric(rule_, e);
      if (const double shrink = detail::shrink_of(rule_, e, learning_rate()); !(shrink >= 0))
        detail::fail(e.path, "a decay that keeps the sign of a weight (learning rate times decay <= 1)",
                     detail::format_message("a factor of {}", {shrink}));
    }
  }

  /// What is not trained has no gradient, so that no norm of all gradients counts it.
  template <Scalar S>
  static void clear_untrained(Parameters<S>& parameters) {
    for (const ParameterEntry<S>& e : parameters.entries())
      if (!e.trained()) std::fill_n(parameters.gradients_of(e), e.size(), S(0));
  }

  /// Smooth penalties, then the transforms.
  template <Scalar S>
  void transform_gradients(Parameters<S>& parameters, S square_fits, detail::OptimizerState<S>& state) {
    std::size_t index = 0;
    for (const ParameterEntry<S>& e : parameters.entries()) {
      Counts& active = state.active[index++];
      if (e.trained())
        e.pack.add_gradient(parameters.values_of(e), parameters.gradients_of(e), active.data());
    }
    detail::require_finite(parameters, "gradients with penalties", parameters.gradients());
    auto apply = [&]<class E>(const E& extra) {
      if constexpr (GradientTransform<E>) detail::apply_transform(extra, parameters), parameters.clear_gaps();
    };
    std::apply([&](const auto&... extras) { (apply(extras), ...); }, extras_);
    detail::require_finite(parameters, "transformed gradients", parameters.gradients(), square_fits);
  }

  /// Updates a parameter under a pack, and writes down what its policies did; `active` has what smooth
  /// penalties did.
  template <Scalar S>
  void step_under(Parameters<S>& parameters, ParameterEntry<S>& e, const detail::Update<RuleType, S>& update,
                  detail::OptimizerState<S>& state, Counts& active) const {
    const double shrink = detail::shrink_of(rule_, e, learning_rate());
    const bool by_row = e.pack.traits().grain == Grain::row, needs_all = e.pack.traits().needs_all();
    const Block<S> values = parameters.values_of(e),
                   all = by_row ? values : Block<S>{values.data, e.size(), 1};
    const Index parts = detail::parts_of_update(e.pack.traits().grain, e.rows, e.cols);
    std::array<Counts, detail::Pool::most_parts> counts;
    std::atomic<bool> finite{true};
    detail::parallel_for_ranges(
        all.rows, by_row ? 1 : detail::line_length<S>, parts, [&](Index part, Index begin, Index end) {
          const std::size_t k = static_cast<std::size_t>(part);
          counts[k] = {};
          const Block<S> some = all.some_rows(begin, end - begin);
          const detail::Pointers<S> numbers = state.at(parameters, e.offset + begin * all.cols);
          const S factor = static_cast<S>(shrink);
          const bool good =
              needs_all ? update.before_all(e.pack, factor, some, numbers, state.buffers[0], begin,
                                            counts[k].data())
                        : update.under(e.pack, factor, some, numbers, state.buffers[k], counts[k].data());
          if (!good) finite = false;
        });
    if (finite && needs_all)
      finite = update.after_all(e.pack, values, state.at(parameters, e.offset), state.buffers[0],
                                counts[0].data());
    if (!finite) fail_step(e.path);
    for (std::size_t part = 0; part < static_cast<std::size_t>(parts); ++part)
      for (std::size_t k = 0; k < e.activity.size(); ++k) active[k] += counts[part][k];
    e.pack.record(e.activity, active.data(), e.rows, e.cols, shrink);
  }

  /// Updates a stretch of the arena that is under no policy.
  template <Scalar S>
  EIGEN_DONT_INLINE void step_free(Parameters<S>& parameters, const detail::Update<RuleType, S>& update,
                                   Index begin, Index n, detail::OptimizerState<S>& state) const {
    std::atomic<bool> finite{true};
    detail::parallel_for_ranges(n, detail::line_length<S>, detail::parts_of_update(Grain::element, n, 1),
                                [&](Index, Index first, Index last) {
                                  if (!update.free(state.at(parameters, begin + first), last - first))
                                    finite = false;
                                });
    if (finite) return;
    for (const ParameterEntry<S>& e : parameters.entries())
      if (e.offset >= begin && e.offset < begin + n &&
          !detail::all_finite(parameters.values_of(e).data, e.size()))
        fail_step(e.path);
    detail::fail<NotFiniteError>("optimizer", "a rate and options that leave weights at rest finite", "NaN");
  }

  [[noreturn]] static void fail_step(std::string_view path) {
    detail::fail<NotFiniteError>(path, "a step to finite weights", "NaN or infinity");
  }

  RuleType rule_;
  std::tuple<Extras...> extras_;
  Policies policies_;
  double factor_ = 1;
  long steps_ = 0;
  std::variant<std::monostate, detail::OptimizerState<float>, detail::OptimizerState<double>> state_;
};

}  // namespace espalier
