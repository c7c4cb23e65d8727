// SPDX-License-Identifier: MIT
// What all optimizers share: one step counter, state by parameter index, gradient transforms and a default
// pack.
#pragma once

#include <algorithm>
#include <any>
#include <tuple>
#include <utility>
#include <vector>

#include "espalier/core/flush.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/neighbors.hpp"
#include "espalier/optimizer/state.hpp"
#include "espalier/optimizer/transform.hpp"
#include "espalier/optimizer/update.hpp"
#include "espalier/pack/pack_of.hpp"

namespace espalier {
namespace detail {

struct DefaultPolicies {
  template <class E>
  static constexpr bool keeps = !GradientTransform<E>;
};

}  // namespace detail

/// A rule (SGD, Adam, ...) with gradient transforms, and policies that form the default pack of weights whose
/// layer names none. A value: copies continue alike. The order of a step: gradient, smooth penalties,
/// transforms, moments, decoupled decay, step, prox and projection in the metric of the step.
template <class RuleType, class... Extras>
class Optimizer {
 public:
  using Defaults = detail::PackOf<detail::DefaultPolicies, Extras...>;
  static_assert(
      Defaults::reparametrizations == 0,
      "a reparametrization belongs to a layer, not to an optimizer: write Dense(in, out, WeightNorm{})");

  /// Throws ValueError for options that make no sense.
  Optimizer() : Optimizer(RuleType{}) {}
  explicit Optimizer(const RuleType& rule) requires(sizeof...(Extras) > 0) : Optimizer(rule, Extras{}...) {}
  explicit Optimizer(const RuleType& rule, const Extras&... extras)
      : rule_(rule), extras_(extras...), defaults_(detail::pack_of<detail::DefaultPolicies>(extras...)) {
    rule.validate();
    if (rule.at_bound != AtBound::keep && rule.momentum_state() < 0)
      detail::fail("optimizer", "at_bound keep of a rule without momentum", "another");
    [[maybe_unused]] auto validate = [](const auto& extra) {
      if constexpr (requires { extra.validate(); }) extra.validate();
    };
    (validate(extras), ...);
  }

  const RuleType& rule() const { return rule_; }
  const Defaults& defaults() const { return defaults_; }

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

  /// How the default pack has acted on the weights that take it, in the order of the layers.
  const std::vector<std::array<Activity, Defaults::size>>& default_activity() const { return activity_; }
  /// Does a parameter, as a model shows it, take the default pack?
  template <class View>
  static constexpr bool takes_defaults =
      View::kind == ParameterKind::weight&& View::Pack::empty && !Defaults::empty;

  /// Plans the state for a model and makes the weights under the default pack feasible, also those of a known
  /// model, which may have been initialized or copied since; the first step does it too. Throws, and changes
  /// nothing: ShapeError for a model of other shapes, precision or kinds of policies than the one the state
  /// belongs to, NotFiniteError for weights that are not, ValueError for packs that the options do not fit.
  template <Scalar S, class... Layers>
  void prepare(Sequential<S, Layers...>& model) {
    if (auto* known = state_of(model)) return project_defaults(model, *known);
    const std::size_t size = model.values().size();
    if (state_.has_value())
      detail::fail<ShapeError>(
          "optimizer",
          {"the model that its state belongs to, with {} parameters of "
           "these shapes, precision and kinds of policies",
           {places_.size()}},
          detail::format_message("another, of {} numbers of {} bytes", {size, sizeof(S)}));
    check_options(model);
    if constexpr (!Defaults::empty)
      model.for_each_parameter([&](const auto& p) {
        if constexpr (takes_defaults<std::decay_t<decltype(p)>>)
          defaults_.validate(p.path() + " (optimizer's default)", p.cols);
      });
    std::vector<detail::ParameterShape> places;
    model.for_each_parameter([&](const auto& p) { places.push_back(shape_of(p)); });
    Index longest_row = 0, weights = 0;
    for (const detail::ParameterShape& p : places) {
      if (p.by_row || p.takes_defaults) longest_row = std::max(longest_row, p.cols);
      weights += p.takes_defaults;
    }
    detail::OptimizerState<S> state{size, {}, {detail::Buffers<S>(longest_row)}};
    state.plan_threads(places);
    state.numbers.assign(size * static_cast<std::size_t>(rule_.states()), S(0));
    project_defaults(model, state);
    activity_.assign(static_cast<std::size_t>(weights), {});
    places_ = std::move(places);
    state_ = std::move(state);
  }

  /// One step on the gradients in the model. Throws NotFiniteError, and changes no weights, if one of them is
  /// not finite or so large that its square would overflow, with transforms after them. Afterwards the
  /// gradients include smooth penalties and transforms. A step that ends in weights that are not finite
  /// throws it too, when they are lost.
  template <Scalar S, class... Layers>
  void step(Sequential<S, Layers...>& model) {
    const detail::FlushDenormals flush;
    const S square_fits = std::sqrt(std::numeric_limits<S>::max()) / 8;
    if constexpr (transforms)
      detail::require_finite_gradients(model, "gradients");
    else
      detail::require_finite_gradients(model, "gradients", square_fits);
    check_options(model);
    auto* known = state_of(model);
    if (!known) prepare(model), known = state_of(model);
    detail::OptimizerState<S>& state = *known;
    if constexpr (transforms) {
      each(model, [&](const auto& p, const auto& pack, auto&, auto) {
        pack.add_gradient(p.values, p.gradients, p.size());
      });
      detail::require_finite_gradients(model, "gradients with penalties");
      ArrayMap<S> all(model.gradients().data(), static_cast<Index>(model.gradients().size()));
      auto apply = [&]<class E>(const E& extra) {
        if constexpr (GradientTransform<E>) extra.apply(all), detail::clear_gaps(model);
      };
      std::apply([&](const auto&... extras) { (apply(extras), ...); }, extras_);
      detail::require_finite_gradients(model, "transformed gradients", square_fits);
    }
    state.plan_threads(places_);
    const auto kernel = rule_.template kernel<S>(++steps_, learning_rate());
    detail::Neighbors<S, detail::rests_at_zero<RuleType>> neighbors;
    const auto update_free = [&](Index begin, Index size) { step_free(model, kernel, begin, size, state); };
    each(model, [&](const auto& p, const auto& pack, auto& active, auto activity) {
      if constexpr (std::decay_t<decltype(pack)>::empty) {
        neighbors.add(p.offset, p.size(), update_free);
      } else {
        const double shrink = pack.shrink(learning_rate(), rule_.learning_rate);
        if (!update(pack, kernel, static_cast<S>(shrink), p.values, p.gradients, p.offset, p.rows, p.cols,
                    state, active))
          fail_step(p);
        pack.record(activity, active, p.rows, p.cols, shrink);
      }
    });
    neighbors.finish(update_free);
  }

 private:
  template <class View>
  using PackFor = std::conditional_t<takes_defaults<View>, Defaults, typename View::Pack>;

  /// Updates `rows` x `cols` weights at `offset` in the arena and counts what their pack did. Returns whether
  /// all were finite.
  template <class PackType, class Kernel, Scalar S>
  bool update(const PackType& pack, const Kernel& kernel, S shrink, S* values, S* gradients, Index offset,
              Index rows, Index cols, detail::OptimizerState<S>& state,
              typename PackType::Counts& active) const {
    constexpr bool by_row = PackType::by_row;
    const Index row = by_row ? cols : 1, unit = by_row ? 1 : detail::line_length<S>;
    const Index parts =
        std::min(detail::parts_of_update(by_row, rows, cols), static_cast<Index>(state.buffers.size()));
    std::array<typename PackType::Counts, detail::Pool::most_parts> counts{};
    std::atomic<bool> finite{true};
    detail::parallel_for_ranges(rows * cols / row, unit, parts, [&](Index part, Index begin, Index end) {
      const std::size_t k = static_cast<std::size_t>(part);
      const Index at = begin * row;
      if (!detail::update<!transforms>(pack, rule_, kernel, static_cast<S>(learning_rate()), shrink,
                                       values + at, gradients + at, state.at(offset + at), end - begin, row,
                                       state.buffers[k], counts[k]))
        finite = false;
    });
    for (std::size_t part = 0; part < static_cast<std::size_t>(parts); ++part)
      for (std::size_t k = 0; k < active.size(); ++k) active[k] += counts[part][k];
    return finite;
  }

  /// Updates a stretch of the arena that is under no policy.
  template <Scalar S, class... Layers, class Kernel>
  EIGEN_DONT_INLINE void step_free(Sequential<S, Layers...>& model, const Kernel& kernel, Index begin,
                                   Index size, detail::OptimizerState<S>& state) const {
    Pack<>::Counts none{};
    if (update(Pack<>(), kernel, S(1), model.values().data() + begin, model.gradients().data() + begin, begin,
               size, 1, state, none))
      return;
    for (const ParameterInfo& p : model.parameters())
      if (p.offset >= begin && p.offset < begin + size &&
          !detail::all_finite(model.values().data() + p.offset, p.size()))
        fail_step(p);
    detail::fail<NotFiniteError>("optimizer", "a rate and options that leave weights at rest finite", "NaN");
  }

  [[noreturn]] static void fail_step(const ParameterInfo& p) {
    detail::fail<NotFiniteError>(p.path(), "a step to finite weights", "NaN or infinity");
  }

  template <Scalar S, class... Layers>
  void project_defaults(Sequential<S, Layers...>& model,
                        [[maybe_unused]] detail::OptimizerState<S>& state) const {
    detail::require_finite<S>(model.parameters(), "weights", model.values());
    if constexpr (!Defaults::empty)
      model.for_each_parameter([&](const auto& p) {
        if constexpr (takes_defaults<std::decay_t<decltype(p)>>)
          for (Index j = 0; j < p.rows; ++j)
            defaults_.project(p.values + j * p.cols, p.cols, state.buffers[0][0]);
      });
  }

  /// Does what the rule is told make sense for the packs of a model? The tangent at a corner, where a row's
  /// norm and its elements are bounded, is not that of one set.
  template <class M>
  void check_options(const M& model) const {
    model.for_each_parameter([&]<class View>([[maybe_unused]] const View& p) {
      using Pack = PackFor<View>;
      if constexpr (Pack::norm_sets > 0 && Pack::element_sets > 0 && Pack::proximal == 0)
        if (rule_.at_bound == AtBound::tangent)
          detail::fail(p.path(), "at_bound keep, zero or displacement where elements and norms are bounded",
                       "tangent");
      if constexpr (Pack::decays) {
        double shrink = 0;
        if constexpr (takes_defaults<View>)
          shrink = defaults_.shrink(learning_rate(), rule_.learning_rate);
        else
          shrink = p.pack.shrink(learning_rate(), rule_.learning_rate);
        if (!(shrink >= 0))
          detail::fail(p.path(), "a decay that keeps the sign of a weight (learning rate times decay <= 1)",
                       detail::format_message("a factor of {}", {shrink}));
      }
    });
  }

  template <class View>
  static detail::ParameterShape shape_of(const View& p) {
    return {p.rows, p.cols, PackFor<View>::by_row, takes_defaults<View>};
  }

  /// The state, if it belongs to such a model; else null.
  template <Scalar S, class... Layers>
  detail::OptimizerState<S>* state_of(const Sequential<S, Layers...>& model) {
    bool same = places_.size() == model.parameter_total;
    std::size_t k = 0;
    model.for_each_parameter([&](const auto& p) { same = same && places_[k++] == shape_of(p); });
    return same ? std::any_cast<detail::OptimizerState<S>>(&state_) : nullptr;
  }

  static constexpr bool transforms = (false || ... || GradientTransform<Extras>);

  /// f(parameter, its pack or the default, counts, activities) for each parameter.
  template <class Model, class F>
  void each(Model& model, F&& f) {
    std::size_t next = 0;
    model.for_each_parameter([&](const auto& p) {
      using View = std::decay_t<decltype(p)>;
      if constexpr (takes_defaults<View>) {
        typename Defaults::Counts active{};
        f(p, defaults_, active, std::span(activity_[next++]));
      } else {
        typename View::Pack::Counts active{};
        f(p, p.pack, active, p.activity);
      }
    });
  }

  RuleType rule_;
  std::tuple<Extras...> extras_;
  Defaults defaults_;
  double factor_ = 1;
  long steps_ = 0;
  std::any state_;  // an OptimizerState of the model's precision
  std::vector<detail::ParameterShape> places_;
  std::vector<std::array<Activity, Defaults::size>> activity_;
};

/// The sum of all penalties, with those of the optimizer's default pack on the weights that take it.
template <Model M, class RuleType, class... Extras>
double penalty(const M& model, const Optimizer<RuleType, Extras...>& optimizer) {
  double sum = penalty(model);
  model.for_each_parameter([&](const auto& p) {
    if constexpr (Optimizer<RuleType, Extras...>::template takes_defaults<std::decay_t<decltype(p)>>)
      sum += optimizer.defaults().penalty(p.values, p.size());
  });
  return sum;
}

}  // namespace espalier
