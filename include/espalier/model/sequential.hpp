// SPDX-License-Identifier: MIT
// A chain of layers, one value: it owns the parameters, their gradients and the activations in three arenas.
#pragma once

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/init/initialiser.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/model/shape.hpp"

namespace espalier {

/// Copy, move, compare and store it like an int. float by default; `sequential<double>(layers...)` for double.
template <Scalar S, class... Layers>
class Sequential {
  static constexpr std::size_t depth = sizeof...(Layers);
  static_assert((true && ... && Layer<Layers>),
                "a layer lacks the members of the contract in espalier/layer/layer.hpp: forward and backward");
  using Chain = detail::Chain<Layers...>;
  static_assert(Chain::fits, "a layer expects another number of inputs than the layer before it gives");

 public:
  using Scalar_t = S;

  /// Throws ShapeError where widths do not fit.
  explicit Sequential(const Layers&... layers) : layers_(layers...), widths_(detail::widths_of(layers...)) {
    (validate(layers), ...);
    Index offset = 0;
    each_layer([&]<std::size_t k>(const auto& layer) {
      scratch_.push_back(0);
      if constexpr (requires { layer.scratch(); }) scratch_.back() = layer.scratch();
      if constexpr (Parametric<std::tuple_element_t<k, std::tuple<Layers...>>>)
        std::apply(
            [&](const auto&... spec) {
              (slots_.push_back({offset, static_cast<Index>(policies_)}, offset += detail::padded<S>(spec.rows * spec.cols),
                policies_ += std::decay_t<decltype(spec)>::Pack::size), ...);
            },
            layer.parameters());
    });
    values_.assign(static_cast<std::size_t>(offset), S(0));
    gradients_.assign(static_cast<std::size_t>(offset), S(0));
    activity_.assign(policies_, {});
  }

  Index inputs() const { return widths_.front(); }
  Index outputs() const { return widths_.back(); }
  const std::tuple<Layers...>& layers() const { return layers_; }

  /// All parameters one after another, each on a cache line, gaps zero; optimizers keep their state in the same layout.
  detail::AlignedVector<S>& values() { return values_; }
  const detail::AlignedVector<S>& values() const { return values_; }
  detail::AlignedVector<S>& gradients() { return gradients_; }
  const detail::AlignedVector<S>& gradients() const { return gradients_; }

  /// Outputs (outputs x samples) for `x` (inputs x samples); kept, like all activations, until the next call. A training
  /// pass drops out; `backward` follows with the same `x`.
  Eigen::Map<const Matrix<S>> forward(ConstBatch<S> x) { return run(x, workspace_, true, ++passes_); }

  /// The same without dropout and without touching the model: safe to call from several threads.
  Matrix<S> predict(ConstBatch<S> x) const {
    Workspace workspace;
    return run(x, workspace, false, 0);
  }

  /// Gradients of all parameters from d loss / d outputs of the latest `forward`, whose batch was `x`; they replace the old.
  void backward(ConstBatch<S> x, ConstBatch<S> output_gradient) {
    const Index n = workspace_.samples;
    if (x.cols() != n || n == 0 || x.rows() != inputs())
      detail::fail<ShapeError>("backward", fmt::format("the batch of the latest forward, {} x {}", inputs(), n),
                               fmt::format("{} x {}", x.rows(), x.cols()));
    if (output_gradient.rows() != outputs() || output_gradient.cols() != n)
      detail::fail<ShapeError>("backward", fmt::format("an output gradient of {} x {}", outputs(), n),
                               fmt::format("{} x {}", output_gradient.rows(), output_gradient.cols()));
    S* current = workspace_.deltas[0];
    Eigen::Map<Matrix<S>>(current, outputs(), n) = output_gradient;
    back<depth - 1>(x.data(), current, workspace_.deltas[1], n);
  }

  /// f(ParameterView) for each parameter, in the order of the layers.
  template <class F>
  void for_each_parameter(F&& f) {
    visit_parameters(*this, f);
  }
  template <class F>
  void for_each_parameter(F&& f) const {
    visit_parameters(*this, f);
  }

  /// Moves every parameter to the nearest point of its sets; feasible ones are not touched.
  void project() {
    for_each_parameter([&](const auto& p) {
      std::vector<S> scratch(static_cast<std::size_t>(p.cols));
      for (Index j = 0; j < p.rows; ++j) p.pack.project(p.values + j * p.cols, p.cols, scratch.data());
    });
  }

  /// The sum of all penalties, to be added to the data loss.
  double penalty() const {
    double sum = 0;
    for_each_parameter([&](const auto& p) { sum += p.pack.penalty(p.values, p.size()); });
    return sum;
  }

  /// Replaces the named parameter of layer `layer` (counted from 1) and projects it onto its sets. Throws, and changes
  /// nothing, for another shape, a number that is not finite, or a name that the layer does not have.
  void assign(Index layer, std::string_view name, const Eigen::Ref<const Matrix<S>>& matrix) {
    bool found = false;
    for_each_parameter([&](const auto& p) {
      if (p.layer != layer || p.name != name) return;
      found = true;
      if (matrix.rows() != p.rows || matrix.cols() != p.cols)
        detail::fail<ShapeError>(p.where(), fmt::format("{} x {}", p.rows, p.cols),
                                 fmt::format("{} x {}", matrix.rows(), matrix.cols()));
      if (!matrix.allFinite()) detail::fail(p.where(), "finite numbers", "NaN or infinity");
      Eigen::Map<WeightMatrix<S>>(p.values, p.rows, p.cols) = matrix;
      std::vector<S> scratch(static_cast<std::size_t>(p.cols));
      for (Index j = 0; j < p.rows; ++j) p.pack.project(p.values + j * p.cols, p.cols, scratch.data());
    });
    if (!found) detail::fail(fmt::format("layer {}", layer), fmt::format("a parameter '{}'", name), "none of that name");
  }

  /// A copy of the named parameter of layer `layer` (counted from 1).
  Matrix<S> parameter(Index layer, std::string_view name) const {
    Matrix<S> copy;
    for_each_parameter([&](const auto& p) {
      if (p.layer == layer && p.name == name) copy = Eigen::Map<const WeightMatrix<S>>(p.values, p.rows, p.cols);
    });
    if (copy.size() == 0)
      detail::fail(fmt::format("layer {}", layer), fmt::format("a parameter '{}'", name), "none of that name");
    return copy;
  }

  /// Fills every layer from its own stream of `rng`, then projects: the model is feasible before the first step.
  template <class Init>
  void initialise(const Init& init, Rng rng) {
    each_layer([&]<std::size_t k>(const auto& layer) {
      if constexpr (Parametric<std::tuple_element_t<k, std::tuple<Layers...>>>)
        layer.initialise(init, addresses<k>(values_), rng);
    });
    dropout_seed_ = rng();
    passes_ = 0;
    std::fill(activity_.begin(), activity_.end(), Activity{});
    project();
  }

  /// The first layer (counted from 1) whose outputs in the latest `forward` are not all finite; 0 if there is none.
  Index first_not_finite() const {
    for (std::size_t k = 0; k < depth; ++k)
      if (!Eigen::Map<const Matrix<S>>(workspace_.outputs[k], widths_[k + 1], workspace_.samples).allFinite())
        return static_cast<Index>(k) + 1;
    return 0;
  }

  /// Equal layers and bitwise equal parameters; activations and counters do not matter.
  bool operator==(const Sequential& other) const {
    const bool same_layers = [&] {
      if constexpr ((true && ... && std::equality_comparable<Layers>)) return layers_ == other.layers_;
      return true;
    }();
    return same_layers && widths_ == other.widths_ && values_ == other.values_;
  }

 private:
  /// A parameter's place in the arenas and its first policy's place among the activities.
  struct Slot {
    Index offset, activity;
    bool operator==(const Slot&) const = default;
  };

  /// Activations and two alternating gradients for a batch; copies of a model start with an empty one.
  struct Workspace {
    Workspace() = default;
    Workspace(const Workspace&) {}
    Workspace(Workspace&&) = default;
    Workspace& operator=(const Workspace&) { return *this = Workspace(); }
    Workspace& operator=(Workspace&&) = default;

    detail::AlignedVector<S> memory;
    std::array<S*, depth> outputs{}, scratch{};
    std::array<S*, 2> deltas{};
    Index samples = 0, capacity = 0;
  };

  template <class L>
  static void validate(const L& layer) {
    if constexpr (requires { layer.validate(); }) layer.validate();
  }

  template <class F>
  void each_layer(F&& f) const {
    [&]<std::size_t... k>(std::index_sequence<k...>) {
      (f.template operator()<k>(std::get<k>(layers_)), ...);
    }(std::index_sequence_for<Layers...>{});
  }

  /// Layer k's first slot.
  template <std::size_t k>
  static constexpr std::size_t first_slot() {
    std::size_t sum = 0, layer = 0;
    ((sum += layer++ < k ? parameter_count<Layers> : 0), ...);
    return sum;
  }

  template <std::size_t k, class Arena>
  auto addresses(Arena& arena) const {
    using L = std::tuple_element_t<k, std::tuple<Layers...>>;
    using Pointer = decltype(arena.data());
    std::array<Pointer, parameter_count<L>> result;
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = arena.data() + slots_[first_slot<k>() + i].offset;
    return result;
  }

  template <class Self, class F>
  static void visit_parameters(Self& self, F& f) {
    using T = std::conditional_t<std::is_const_v<Self>, const S, S>;
    self.each_layer([&]<std::size_t k>(const auto& layer) {
      if constexpr (Parametric<std::tuple_element_t<k, std::tuple<Layers...>>>) {
        std::size_t slot = first_slot<k>();
        auto view = [&](const auto& spec) {
          using Spec = std::decay_t<decltype(spec)>;
          const auto [offset, activity] = self.slots_[slot++];
          f(ParameterView<T, typename Spec::Pack, Spec::kind>{
              spec.name, static_cast<Index>(k) + 1, spec.rows, spec.cols, offset, spec.pack, self.values_.data() + offset,
              self.gradients_.data() + offset, std::span(self.activity_).subspan(static_cast<std::size_t>(activity), Spec::Pack::size)});
        };
        std::apply([&](const auto&... spec) { (view(spec), ...); }, layer.parameters());
      }
    });
  }

  void plan(Workspace& w, Index samples) const {
    w.samples = samples;
    if (samples <= w.capacity) return;
    Index total = 0, widest = 0;
    for (std::size_t k = 0; k < depth; ++k) {
      total += detail::padded<S>(widths_[k + 1] * samples) + detail::padded<S>(scratch_[k]);
      widest = std::max(widest, widths_[k + 1]);
    }
    w.memory.resize(static_cast<std::size_t>(total + 2 * detail::padded<S>(widest * samples)));
    S* next = w.memory.data();
    for (std::size_t k = 0; k < depth; ++k) {
      w.outputs[k] = next;
      next += detail::padded<S>(widths_[k + 1] * samples);
      w.scratch[k] = next;
      next += detail::padded<S>(scratch_[k]);
    }
    w.deltas = {next, next + detail::padded<S>(widest * samples)};
    w.capacity = samples;
  }

  Eigen::Map<const Matrix<S>> run(const ConstBatch<S>& x, Workspace& w, bool training, std::uint64_t pass) const {
    if (x.rows() != inputs())
      detail::fail<ShapeError>("forward", fmt::format("{} inputs (rows of the batch)", inputs()), x.rows());
    plan(w, x.cols());
    const S* input = x.data();
    each_layer([&]<std::size_t k>(const auto& layer) {
      const Eigen::Map<const Eigen::Matrix<S, Chain::in(k), Dynamic>> from(input, widths_[k], x.cols());
      Eigen::Map<Eigen::Matrix<S, Chain::out(k), Dynamic>> to(w.outputs[k], widths_[k + 1], x.cols());
      if constexpr (Parametric<std::tuple_element_t<k, std::tuple<Layers...>>>)
        layer.forward(addresses<k>(values_), from, to, w.scratch[k]);
      else if constexpr (requires { layer.forward(from, to, Pass{}); })
        layer.forward(from, to, Pass{training, dropout_seed_ + pass, k});
      else
        layer.forward(from, to);
      input = w.outputs[k];
    });
    return {w.outputs[depth - 1], outputs(), x.cols()};
  }

  /// Layer k's backward, then the layers before it as far as there are parameters. `current` holds d loss / d outputs.
  template <std::size_t k>
  void back(const S* x, S* current, S* other, Index n) {
    using L = std::tuple_element_t<k, std::tuple<Layers...>>;
    const L& layer = std::get<k>(layers_);
    constexpr bool wanted = first_slot<k>() > 0;
    using In = Eigen::Matrix<S, Chain::in(k), Dynamic>;
    using Out = Eigen::Matrix<S, Chain::out(k), Dynamic>;
    const S* input = x;
    if constexpr (k > 0) input = workspace_.outputs[k - 1];
    const Eigen::Map<const In> from(input, widths_[k], n);
    const Eigen::Map<const Out> to(workspace_.outputs[k], widths_[k + 1], n);
    Eigen::Map<Out> dy(current, widths_[k + 1], n);
    if constexpr (Parametric<L>) {
      const auto p = addresses<k>(std::as_const(values_));
      const auto g = addresses<k>(gradients_);
      if constexpr (wanted) {
        Eigen::Map<In> dx(other, widths_[k], n);
        layer.backward(p, from, to, dy, dx, g, workspace_.scratch[k]);
        std::swap(current, other);
      } else {
        layer.backward(p, from, to, dy, nullptr, g, workspace_.scratch[k]);
      }
    } else if constexpr (wanted) {
      Eigen::Map<In> dx(current, widths_[k], n);
      if constexpr (requires { layer.backward(from, to, dy, dx, Pass{}); })
        layer.backward(from, to, dy, dx, Pass{true, dropout_seed_ + passes_, k});
      else
        layer.backward(from, to, dy, dx);
    }
    if constexpr (k > 0 && wanted) back<k - 1>(x, current, other, n);
  }

  std::tuple<Layers...> layers_;
  std::array<Index, depth + 1> widths_;
  std::vector<Slot> slots_;
  std::vector<Index> scratch_;
  std::size_t policies_ = 0;
  detail::AlignedVector<S> values_, gradients_;
  std::vector<Activity> activity_;
  Workspace workspace_;
  std::uint64_t dropout_seed_ = 0, passes_ = 0;
};

template <class... Layers>
Sequential(const Layers&...) -> Sequential<float, Layers...>;

/// A chain in the precision of your choice: `auto net = sequential<double>(Dense(2, 8), Tanh{}, Dense(8, 1));`
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

/// Initialises all parameters of a model, feasible from the start: `initialise(net, Rng{42})`, or with an initialiser of
/// init/initialiser.hpp as the third argument.
template <Model M, class Init = HeNormal>
void initialise(M& model, Rng rng, const Init& init = {}) {
  model.initialise(init, rng);
}

}  // namespace espalier
