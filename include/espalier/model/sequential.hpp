// SPDX-License-Identifier: MIT
// A chain of layers, one value: it owns the parameters, their gradients and the activations.
#pragma once

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/flush.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/init/initializer.hpp"
#include "espalier/layer/by_sample.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/model/shape.hpp"
#include "espalier/model/workspace.hpp"

namespace espalier {

/// Copy, move, compare and store it like an int. float, or double by `sequential<double>(layers...)`.
template <Scalar S, class... Layers>
class Sequential {
  static constexpr std::size_t depth = sizeof...(Layers);
  static_assert(depth > 0,
                "a model needs at least one layer: write Sequential net{Dense(4, 2)}, or "
                "sequential<double>(Dense(4, 2)) for double");
  static_assert(
      (true && ... && Layer<Layers>),
      "a layer lacks the members of the contract in espalier/layer/layer.hpp: forward and backward");
  using Chain = detail::Chain<Layers...>;
  static_assert(Chain::fits);
  template <std::size_t k>
  using LayerAt = std::tuple_element_t<k, std::tuple<Layers...>>;

 public:
  using scalar_type = S;
  using workspace_type = Workspace<S, depth>;
  using Outputs = Eigen::Map<const Matrix<S>>;
  static constexpr std::size_t parameter_total = (0 + ... + parameter_count<Layers>);

  /// All parameters are zero until `initialize`. Throws ShapeError where widths do not fit, ValueError for
  /// bad options.
  explicit Sequential(const Layers&... layers) : layers_(layers...), widths_(detail::widths_of(layers...)) {
    Index numbers = 0;
    std::size_t policies = 0;
    each_layer([&]<std::size_t k>(const auto& layer) {
      if constexpr (requires { layer.validate(); }) layer.validate();
      if constexpr (requires { layer.scratch(); }) scratch_[k] = layer.scratch();
      each_spec<k>([&](std::size_t slot, const auto& spec) {
        slots_[slot] = {numbers, policies};
        numbers += detail::padded<S>(spec.rows * spec.cols);
        policies += spec.pack.size;
      });
    });
    values_.assign(static_cast<std::size_t>(numbers), S(0));
    gradients_.assign(static_cast<std::size_t>(numbers), S(0));
    activity_.assign(policies, {});
  }

  Index inputs() const { return widths_.front(); }
  Index outputs() const { return widths_.back(); }
  const std::tuple<Layers...>& layers() const { return layers_; }

  /// All parameters one after another, each on a cache line, gaps zero; optimizers keep their state in the
  /// same layout. Whoever writes here calls project(model) afterwards.
  detail::AlignedVector<S>& values() { return values_; }
  const detail::AlignedVector<S>& values() const { return values_; }
  detail::AlignedVector<S>& gradients() { return gradients_; }
  const detail::AlignedVector<S>& gradients() const { return gradients_; }

  /// Outputs (outputs x samples) for `x` (inputs x samples), as a view of the model's own memory: the next
  /// call writes over them, so after `auto p = net.forward(x); auto q = net.forward(z);` p shows the outputs
  /// of z too. `Matrix<float> p = net.forward(x)` keeps a copy, and so does `predict(x)`. This is a training
  /// pass: dropout drops. `backward` follows with the same `x`.
  Outputs forward(ConstBatch<S> x) { return run(x, workspace_, {true, seed_ + ++passes_, 0}); }

  /// The same without dropout and without touching the model. The outputs stand in `workspace` until its next
  /// use; each thread brings its own. Not for destructors of static objects: the memory for products is gone
  /// by then.
  Outputs predict(ConstBatch<S> x, workspace_type& workspace) const { return run(x, workspace, {}); }
  Matrix<S> predict(ConstBatch<S> x) const {
    workspace_type workspace;
    return run(x, workspace, {});
  }

  /// Gradients of all parameters from d loss / d outputs of the latest `forward`, whose batch was `x`; they
  /// replace the old.
  void backward(ConstBatch<S> x, ConstBatch<S> output_gradient) {
    const Index n = workspace_.samples;
    if (n == 0) detail::fail<ShapeError>("backward", "a forward pass before it", "none yet");
    detail::check_shape("backward", "the batch of the latest forward, {} x {}", inputs(), n, x.rows(),
                        x.cols());
    detail::check_shape("backward", "an output gradient of {} x {}", outputs(), n, output_gradient.rows(),
                        output_gradient.cols());
    if (has_gaps(x)) return backward(Matrix<S>(x), output_gradient);
    const detail::FlushDenormals flush;
    Eigen::Map<Matrix<S>>(workspace_.deltas[0], outputs(), n) = output_gradient;
    back<depth - 1>(x.data(), workspace_.deltas[0], workspace_.deltas[1]);
  }

  /// The parameters, in the order of the layers.
  std::array<ParameterInfo, parameter_total> parameters() const {
    std::array<ParameterInfo, parameter_total> result;
    std::size_t next = 0;
    for_each_parameter([&](const ParameterInfo& p) { result[next++] = p; });
    return result;
  }

  /// f(ParameterView) for each of them.
  template <class F>
  void for_each_parameter(F&& f) {
    visit_parameters(*this, f);
  }
  template <class F>
  void for_each_parameter(F&& f) const {
    visit_parameters(*this, f);
  }

  /// Fills every layer in turn from `rng`, then projects: the model is feasible before the first step.
  /// Throws, and changes nothing, for an initializer whose numbers are not finite.
  template <Initializer Init>
  void initialize(const Init& init, Rng rng) {
    Sequential filled = *this;
    each_layer([&]<std::size_t k>(const auto& layer) {
      if constexpr (Parametric<LayerAt<k>>) layer.initialize(init, addresses<k>(filled.values_), rng);
    });
    espalier::project(filled);
    values_ = filled.values_;
    seed_ = rng();
    passes_ = 0;
    std::fill(activity_.begin(), activity_.end(), Activity{});
  }

  /// Numbers that a pass of `samples` takes for activations and their gradients.
  Index activations(Index samples) const { return workspace_type::size(widths_, scratch_, samples); }

  /// The first layer, counted from 0, with outputs of the latest `forward` that are not finite.
  std::optional<Index> first_not_finite() const {
    for (std::size_t k = 0; k < depth; ++k)
      if (!Outputs(workspace_.outputs[k], widths_[k + 1], workspace_.samples).allFinite())
        return static_cast<Index>(k);
    return {};
  }

  /// Equal layers and equal parameters; activations and counters do not matter.
  bool operator==(const Sequential& other) const requires(true && ... && std::equality_comparable<Layers>) {
    return layers_ == other.layers_ && widths_ == other.widths_ && values_ == other.values_;
  }

 private:
  /// A parameter's place in the arenas, and the place of its first policy among the activities.
  struct Slot {
    Index offset;
    std::size_t activity;
  };

  template <class F>
  void each_layer(F&& f) const {
    [&]<std::size_t... k>(std::index_sequence<k...>) {
      (f.template operator()<k>(std::get<k>(layers_)), ...);
    }
    (std::index_sequence_for<Layers...>{});
  }

  /// Layer k's first slot.
  template <std::size_t k>
  static constexpr std::size_t first_slot() {
    std::size_t sum = 0, layer = 0;
    ((sum += layer++ < k ? parameter_count<Layers> : 0), ...);
    return sum;
  }

  /// f(slot, spec) for each parameter of layer k.
  template <std::size_t k, class F>
  void each_spec(F&& f) const {
    if constexpr (Parametric<LayerAt<k>>) {
      const auto specs = std::get<k>(layers_).parameters();
      [&]<std::size_t... i>(std::index_sequence<i...>) { (f(first_slot<k>() + i, std::get<i>(specs)), ...); }
      (std::make_index_sequence<parameter_count<LayerAt<k>>>{});
    }
  }

  template <std::size_t k, class Arena>
  auto addresses(Arena& arena) const {
    std::array<decltype(arena.data()), parameter_count<LayerAt<k>>> result;
    for (std::size_t i = 0; i < result.size(); ++i)
      result[i] = arena.data() + slots_[first_slot<k>() + i].offset;
    return result;
  }

  template <class Self, class F>
  static void visit_parameters(Self& self, F& f) {
    using T = std::conditional_t<std::is_const_v<Self>, const S, S>;
    self.each_layer([&]<std::size_t k>(const auto&) {
      self.template each_spec<k>([&](std::size_t slot, const auto& spec) {
        using Spec = std::decay_t<decltype(spec)>;
        const auto [offset, activity] = self.slots_[slot];
        const ParameterInfo place{spec.name, Index{k}, spec.rows, spec.cols, offset};
        f(ParameterView<T, typename Spec::Pack, Spec::kind>{
            place, spec.pack, self.values_.data() + offset, self.gradients_.data() + offset,
            std::span(self.activity_).subspan(activity, Spec::Pack::size)});
      });
    });
  }

  /// Is it a block of rows of a larger matrix? Layers read samples one after another: then a copy.
  static bool has_gaps(const ConstBatch<S>& x) { return x.outerStride() != x.rows() && x.cols() > 1; }

  Outputs run(const ConstBatch<S>& x, workspace_type& w, Pass pass) const {
    if (x.rows() != inputs() || x.cols() == 0)
      detail::fail<ShapeError>("forward", {"a batch of {} inputs x at least 1 sample", {inputs()}},
                               detail::format_message("{} x {}", {x.rows(), x.cols()}));
    if (has_gaps(x)) return run(Matrix<S>(x), w, pass);
    const detail::FlushDenormals flush;
    w.plan(widths_, scratch_, x.cols());
    const S* input = x.data();
    each_layer([&]<std::size_t k>(const auto& layer) {
      const Eigen::Map<const Eigen::Matrix<S, Chain::in(k), Dynamic>> from(input, widths_[k], x.cols());
      Eigen::Map<Eigen::Matrix<S, Chain::out(k), Dynamic>> to(w.outputs[k], widths_[k + 1], x.cols());
      pass.stream = k;
      if constexpr (Parametric<LayerAt<k>>)
        layer.forward(addresses<k>(values_), from, to, w.scratch[k]);
      else
        detail::forward(layer, from, to, pass);
      input = w.outputs[k];
    });
    return {input, outputs(), x.cols()};
  }

  /// Layer k's backward, then that of the layers before it as far as there are parameters. `current` holds d
  /// loss / d outputs of layer k, `other` is free.
  template <std::size_t k>
  void back(const S* x, S* current, S* other) {
    constexpr bool wanted = first_slot<k>() > 0;  // does anybody before layer k read d loss / d inputs?
    using In = Eigen::Matrix<S, Chain::in(k), Dynamic>;
    using Out = Eigen::Matrix<S, Chain::out(k), Dynamic>;
    const LayerAt<k>& layer = std::get<k>(layers_);
    const Index n = workspace_.samples;
    const S* input = x;
    if constexpr (k > 0) input = workspace_.outputs[k - 1];
    const Eigen::Map<const In> from(input, widths_[k], n);
    const Eigen::Map<const Out> to(workspace_.outputs[k], widths_[k + 1], n);
    Eigen::Map<Out> dy(current, widths_[k + 1], n);
    if constexpr (Parametric<LayerAt<k>>) {
      const auto p = addresses<k>(std::as_const(values_));
      const auto g = addresses<k>(gradients_);
      if constexpr (wanted) {
        layer.backward(p, from, to, dy, Eigen::Map<In>(other, widths_[k], n), g, workspace_.scratch[k]);
        std::swap(current, other);
      } else {
        layer.backward(p, from, to, dy, nullptr, g, workspace_.scratch[k]);
      }
    } else if constexpr (wanted) {
      if constexpr (Sized<LayerAt<k>>) std::swap(current, other);
      detail::backward(layer, from, to, dy, Eigen::Map<In>(current, widths_[k], n),
                       Pass{true, seed_ + passes_, k});
    }
    if constexpr (k > 0 && wanted) back<k - 1>(x, current, other);
  }

  std::tuple<Layers...> layers_;
  std::array<Index, depth + 1> widths_;
  std::array<Index, depth> scratch_{};
  std::array<Slot, parameter_total> slots_{};
  detail::AlignedVector<S> values_, gradients_;
  std::vector<Activity> activity_;
  workspace_type workspace_;
  std::uint64_t seed_ = 0, passes_ = 0;
};

template <class... Layers>
Sequential(const Layers&...) -> Sequential<float, Layers...>;

/// A chain in the precision of your choice: `auto net = sequential<double>(Dense(2, 8), Tanh{}, Dense(8,
/// 1));`
template <Scalar S, class... Layers>
Sequential<S, Layers...> sequential(const Layers&... layers) {
  return Sequential<S, Layers...>(layers...);
}

template <class T>
inline constexpr bool is_model = false;
template <Scalar S, class... Layers>
inline constexpr bool is_model<Sequential<S, Layers...>> = true;

template <class T>
concept Model = is_model<T>;

/// Initializes all parameters of a model, feasible from the start: `initialize(net, Rng{42})`, or with an
/// initializer of init/initializer.hpp as the third argument.
template <Model M, Initializer Init = HeNormal>
void initialize(M& model, Rng rng, const Init& init = {}) {
  model.initialize(init, rng);
}

}  // namespace espalier
