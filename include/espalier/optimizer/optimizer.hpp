// SPDX-License-Identifier: MIT
// The one place where weights change: gradient -> penalties -> transforms -> moments -> decay -> step -> prox and projection.
#pragma once

#include <algorithm>
#include <array>
#include <tuple>
#include <variant>
#include <vector>

#include "espalier/constraint/pack.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/transform.hpp"

namespace espalier {

/// What happens to the momentum of weights that a set holds back. `keep`: nothing (the textbook method; a buffer of 0.9
/// delays leaving a bound by about 7 steps). `zero`: it is forgotten. `tangent`: its part that points out of the set is
/// removed. `displacement`: it becomes the step that was really made. Packs with a proximal penalty always keep it.
enum class AtBound { keep, zero, tangent, displacement };

namespace detail {

/// Up to three numbers of state for each weight: moments.
template <Scalar S>
using States = std::array<S*, 3>;

/// The length in which elementwise work is cut, so that all its passes find it in L1.
inline constexpr Index chunk = 512;

template <class E>
inline constexpr bool is_default_policy = !GradientTransform<E>;

}  // namespace detail

/// A rule (SGD, Adam, ...) with gradient transforms and a default pack for weights whose layer names no policy. A value: copies
/// continue alike. State is found by the parameter's place in the model's arena; one step counter serves all.
template <class Rule, class... Extras>
class Optimizer {
 public:
  using Defaults = typename detail::PackOf<decltype(std::tuple_cat(
      std::declval<std::conditional_t<detail::is_default_policy<Extras>, std::tuple<Extras>, std::tuple<>>>()...))>::type;
  static_assert(Defaults::reparametrisations == 0, "a reparametrisation belongs to a layer, not to an optimizer: write Dense(in, out, WeightNorm{})");
  static constexpr bool transforms = (false || ... || GradientTransform<Extras>);

  Optimizer() : Optimizer(Rule{}) {}
  explicit Optimizer(const Rule& rule)
    requires(sizeof...(Extras) > 0)
      : Optimizer(rule, Extras{}...) {}
  explicit Optimizer(const Rule& rule, const Extras&... extras)
      : rule_(rule), extras_(extras...) {
    rule.validate();
    auto validate = [](const auto& e) {
      if constexpr (requires { e.validate(); }) e.validate();
    };
    (validate(extras), ...);
    defaults_ = std::apply([](const auto&... ps) { return Defaults(ps...); }, std::tuple_cat([&] {
                             if constexpr (detail::is_default_policy<Extras>) return std::tuple<Extras>(extras);
                             else return std::tuple<>();
                           }()...));
  }

  const Rule& rule() const { return rule_; }
  const Defaults& defaults() const { return defaults_; }

  /// Steps made so far.
  long steps() const { return step_; }

  /// The learning rate of the next step: the rule's, times the factor of a schedule.
  double rate() const { return rule_.rate * factor_; }
  void rate_factor(double factor) {
    detail::check_not_negative("learning rate", "factor", factor);
    factor_ = factor;
  }

  /// How the default pack has acted on the weights of each layer that takes it.
  const std::vector<std::pair<Index, std::array<Activity, Defaults::size>>>& default_activity() const { return activity_; }

  /// Plans the state for a model and makes the weights under the default pack feasible; the first step does it too.
  /// Throws ShapeError for a model of another size than the one the state belongs to.
  template <Scalar S, class... Layers>
  void prepare(Sequential<S, Layers...>& model) {
    const std::size_t size = model.values().size();
    if (step_ > 0 || std::holds_alternative<State<S>>(state_)) {
      const State<S>* state = std::get_if<State<S>>(&state_);
      if (!state || state->size != size)
        detail::fail<ShapeError>("optimizer", "the model that its state belongs to", fmt::format("one of {} numbers", size));
      return;
    }
    Index row = detail::chunk;
    model.for_each_parameter([&](const auto& p) {
      row = std::max(row, p.cols);
      if constexpr (takes_defaults<std::decay_t<decltype(p)>>) {
        defaults_.validate(p.where() + " (optimizer's default)", p.cols);
        activity_.push_back({p.layer, {}});
      }
    });
    State<S> state{size, {}, std::vector<S>(static_cast<std::size_t>(3 * row))};
    state.moments.assign(size * static_cast<std::size_t>(rule_.states()), S(0));
    model.for_each_parameter([&](const auto& p) {
      if constexpr (takes_defaults<std::decay_t<decltype(p)>>)
        for (Index j = 0; j < p.rows; ++j) defaults_.project(p.values + j * p.cols, p.cols, state.scratch.data());
    });
    state_ = std::move(state);
  }

  /// One step on the gradients in the model. Throws ValueError, and changes nothing, if one of them is not finite. The
  /// gradients then include the smooth penalties and the transforms.
  template <Scalar S, class... Layers>
  void step(Sequential<S, Layers...>& model) {
    prepare(model);
    require_finite(model);
    if constexpr (transforms) {
      model.for_each_parameter([&](const auto& p) { with_pack(p, [&](const auto& pack, auto activity) { add_penalties(pack, p, activity); }); });
      Row<S> all(model.gradients().data(), static_cast<Index>(model.gradients().size()));
      std::apply([&](const auto&... e) { (transform(e, all), ...); }, extras_);
    }
    ++step_;
    State<S>& state = std::get<State<S>>(state_);
    const auto kernel = rule_.template kernel<S>(step_, rate());
    default_slot_ = 0;
    model.for_each_parameter([&](const auto& p) {
      with_pack(p, [&](const auto& pack, auto activity) { update(pack, p, activity, kernel, state); });
    });
  }

 private:
  template <Scalar S>
  struct State {
    std::size_t size;
    detail::AlignedVector<S> moments;
    std::vector<S> scratch;  // step sizes, the row before projection, the row before the step

    detail::States<S> at(Index offset, int count) {
      detail::States<S> result{};
      for (int k = 0; k < count; ++k)
        result[static_cast<std::size_t>(k)] = moments.data() + static_cast<std::size_t>(k) * size + offset;
      return result;
    }
  };

  template <class View>
  static constexpr bool takes_defaults =
      View::kind == ParameterKind::weight && View::Pack::empty && !Defaults::empty;

  /// f(pack, activities): the layer's own pack, or the default where it names none.
  template <class View, class F>
  void with_pack(const View& p, F&& f) {
    if constexpr (takes_defaults<View>)
      f(defaults_, std::span(activity_[default_slot_++ % activity_.size()].second));
    else
      f(p.pack, p.activity);
  }

  template <class E, Scalar S>
  static void transform(const E& extra, Row<S>& gradients) {
    if constexpr (GradientTransform<E>) extra.apply(gradients);
  }

  template <class PackType, class View, class Activities>
  static void add_penalties(const PackType& pack, const View& p, Activities) {
    if constexpr (PackType::smooth) {
      typename PackType::Counts ignored{};
      pack.add_gradient(p.values, p.gradients, p.size(), ignored);
    }
  }

  /// The fused pass: by rows if a policy needs to see them whole, in chunks otherwise; each is read and written once.
  template <class PackType, class View, class Activities, class Kernel, Scalar S>
  void update(const PackType& pack, const View& p, Activities activity, const Kernel& kernel, State<S>& state) {
    typename PackType::Counts active{};
    const Index group = PackType::by_row ? p.cols : detail::chunk, row = static_cast<Index>(state.scratch.size()) / 3;
    S *steps = state.scratch.data(), *before = steps + row, *old = before + row;
    const S rate = static_cast<S>(this->rate()), shrink = static_cast<S>(pack.shrink(this->rate(), rule_.rate));
    const bool follow = PackType::has_set && PackType::proximal == 0 && at_bound() != AtBound::keep;
    for (Index start = 0; start < p.size(); start += group) {
      const Index n = std::min(group, p.size() - start);
      S *w = p.values + start, *g = p.gradients + start;
      if constexpr (PackType::smooth && !transforms) pack.add_gradient(w, g, n, active);
      for (Index i = 0; i < n; i += detail::chunk) {
        const Index m = std::min(detail::chunk, n - i);
        Row<S> weights(w + i, m);
        if constexpr (PackType::decays) weights *= shrink;
        if (follow) Row<S>(old + i, m) = weights;
        kernel(weights, ConstRow<S>(g + i, m), state.at(p.offset + start + i, rule_.states()), Row<S>(steps + i, m));
      }
      if constexpr (PackType::constrains) {
        if (follow) std::copy(w, w + n, steps + 2 * row + n > steps + 3 * row ? before : before);
        constrain(pack, p, w, n, start, {Rule::adaptive ? steps : nullptr, rate}, before, old, follow, kernel, state, active);
      }
    }
    for (std::size_t k = 0; k < PackType::size; ++k) record(activity[k], active[k], p);
  }

  Rule rule_;
  std::tuple<Extras...> extras_;
};

}  // namespace espalier
