// SPDX-License-Identifier: MIT
// Layers one behind the other: the engine of Sequential, and itself a layer, so that other layers may hold
// one.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "espalier/core/aligned.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/layer/by_sample.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/layer/shape.hpp"

namespace espalier {

/// It has no numbers of its own. What it keeps of a pass are the activations between its layers, what these
/// keep, and room for two gradients of activations on their way back.
template <class... Layers>
class Chain {
 public:
  static constexpr std::size_t depth = sizeof...(Layers);
  static_assert(depth > 0,
                "a model needs at least one layer: write Sequential net{Dense(4, 2)}, or "
                "sequential<double>(Dense(4, 2)) for double");
  static_assert(
      (true && ... && Layer<Layers>),
      "a layer lacks the members of the contract in espalier/layer/layer.hpp: forward and backward");

 private:
  using Static = detail::StaticWidths<Layers...>;
  static_assert(Static::fits);
  template <std::size_t k>
  using LayerAt = std::tuple_element_t<k, std::tuple<Layers...>>;

 public:
  static constexpr int input_extent = Static::in(0), output_extent = Static::out(depth - 1);

  /// Throws ShapeError where widths do not fit, ValueError for bad options.
  explicit Chain(const Layers&... layers) : layers_(layers...), widths_(detail::widths_of(layers...)) {
    Index next = 0;
    each([&]<std::size_t k>(const auto& layer) {
      if constexpr (requires { layer.validate(); }) layer.validate();
      first_[k] = next;
      next += detail::parameter_count(layer);
    });
    parameters_ = next;
  }

  Index inputs() const { return widths_.front(); }
  Index outputs() const { return widths_.back(); }
  const std::tuple<Layers...>& layers() const { return layers_; }
  /// Inputs, outputs of layer 0, outputs of layer 1, ...
  std::span<const Index> widths() const { return widths_; }

  void declare(auto& d) const {
    each([&]<std::size_t k>(const auto& layer) {
      if constexpr (Parametric<LayerAt<k>>)
        d.inner(std::to_string(k), layer);
      else if constexpr (requires { d.plain(std::to_string(k), layer); })
        d.plain(std::to_string(k), layer);
      else if constexpr (requires { d.follow(layer); })
        d.follow(layer);
    });
  }

  Index least_samples() const {
    Index least = 1;
    each([&]<std::size_t k>(const auto& layer) { least = std::max(least, detail::least_samples(layer)); });
    return least;
  }

  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    each([&]<std::size_t k>(const auto& layer) {
      if constexpr (Parametric<LayerAt<k>>) layer.initialize(init, call_of<k>(call, nullptr), rng);
    });
  }

  /// Activations, their gradients, and what the layers keep.
  Index kept(Index samples) const { return kept_of<float>(samples); }
  template <Scalar S>
  Index kept_of(Index n) const {
    Index total = 0;
    for (std::size_t k = 0; k + 1 < depth; ++k) total += detail::padded<S>(widths_[k + 1] * n);
    each([&]<std::size_t k>(const auto& layer) { total += detail::padded<S>(detail::kept_of<S>(layer, n)); });
    return total + 2 * detail::padded<S>(widest() * n);
  }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    const Index n = x.cols();
    const Memory<S> memory = plan(call.kept, y.data(), n);
    const S* input = x.data();
    each([&]<std::size_t k>(const auto& layer) {
      const InputMap<S, k> from(input, widths_[k], n);
      OutputMap<S, k> to(memory.outputs[k], widths_[k + 1], n);
      const Call<S> own = call_of<k>(call, memory.kept[k]);
      if constexpr (Parametric<LayerAt<k>>)
        layer.forward(own, from, to);
      else
        detail::forward(layer, from, to, own.pass);
      input = memory.outputs[k];
    });
  }

  /// dx is set if it has an address; without one, layers before the first that has parameters do nothing.
  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto& y, auto&& dy, auto&& dx) const {
    const Index n = x.cols();
    // `plan` hands out addresses, and nobody writes to the outputs.
    const Memory<S> memory = plan(call.kept, const_cast<S*>(y.data()), n);
    back<depth - 1>(call, memory, x.data(), n, dy.data(), memory.deltas[0], memory.deltas[1], dx.data());
  }

  /// The outputs of layer k in the latest forward with this memory and the outputs `y`.
  template <Scalar S>
  Eigen::Map<const Matrix<S>> activation(std::size_t k, const S* kept, const S* y, Index n) const {
    const Memory<S> memory = plan(const_cast<S*>(kept), const_cast<S*>(y), n);
    return {memory.outputs[k], widths_[k + 1], n};
  }

  /// f(name, layer, what it keeps, its outputs) for each layer, after a pass with this memory and outputs y.
  template <Scalar S>
  void each_inside(const S* kept, const Eigen::Map<const Matrix<S>>& y, auto&& f) const {
    const Memory<S> memory = plan(const_cast<S*>(kept), const_cast<S*>(y.data()), y.cols());
    each([&]<std::size_t k>(const auto& layer) {
      const S* const own = memory.kept[k];
      f(std::to_string(k), layer, own, activation(k, kept, y.data(), y.cols()));
    });
  }

  void write_code(auto& out) const {
    each([&]<std::size_t k>(const auto& layer) { out.inner(std::to_string(k), layer); });
  }

  bool operator==(const Chain&) const requires(true && ... && std::equality_comparable<Layers>) = default;

 private:
  template <Scalar S, std::size_t k>
  using InputMap = Eigen::Map<const Eigen::Matrix<S, Static::in(k), Dynamic>>;
  template <Scalar S, std::size_t k>
  using OutputMap = Eigen::Map<Eigen::Matrix<S, Static::out(k), Dynamic>>;

  /// Where a pass keeps its numbers.
  template <Scalar S>
  struct Memory {
    std::array<S*, depth> outputs, kept;
    std::array<S*, 2> deltas;
  };

  template <Scalar S>
  Memory<S> plan(S* next, S* y, Index n) const {
    Memory<S> memory;
    const auto take = [&](Index size) { return std::exchange(next, next + detail::padded<S>(size)); };
    each([&]<std::size_t k>(const auto& layer) {
      memory.outputs[k] = k + 1 < depth ? take(widths_[k + 1] * n) : y;
      memory.kept[k] = take(detail::kept_of<S>(layer, n));
    });
    memory.deltas = {take(widest() * n), take(widest() * n)};
    return memory;
  }

  /// The largest width of the activations between layers, whose gradients need room.
  Index widest() const {
    Index most = 0;
    for (std::size_t k = 1; k < depth; ++k) most = std::max(most, widths_[k]);
    return most;
  }

  template <std::size_t k, Scalar S>
  Call<S> call_of(const Call<S>& call, std::type_identity_t<S*> kept) const {
    return call.inner(Index{k}, first_[k], kept);
  }

  /// Does anybody before layer k have parameters?
  template <std::size_t k>
  static constexpr bool parameters_before() {
    std::size_t layer = 0;
    return (false || ... || (layer++ < k && Parametric<Layers>));
  }

  /// Layer k's backward, then that of the layers before it. `dy` is d loss / d outputs of layer k; that of
  /// its inputs goes to `free`, or stays in place. `other` is the second buffer for gradients, which `dy` may
  /// stand in.
  template <std::size_t k, Scalar S>
  void back(const Call<S>& call, const Memory<S>& memory, const S* x, Index n, S* dy, S* free, S* other,
            S* dx) const {
    const LayerAt<k>& layer = std::get<k>(layers_);
    const S* input = x;
    if constexpr (k > 0) input = memory.outputs[k - 1];
    const InputMap<S, k> from(input, widths_[k], n);
    const OutputMap<S, k> to(memory.outputs[k], widths_[k + 1], n);
    OutputMap<S, k> given(dy, widths_[k + 1], n);
    const bool wanted = dx || parameters_before<k>();
    S* target = k == 0 ? dx : wanted ? free : nullptr;
    if constexpr (Parametric<LayerAt<k>>) {
      layer.backward(call_of<k>(call, memory.kept[k]), from, to, given,
                     Eigen::Map<Eigen::Matrix<S, Static::in(k), Dynamic>>(target, widths_[k], n));
    } else if (wanted) {
      if constexpr (k > 0 && !Sized<LayerAt<k>>) target = dy;  // in place
      detail::backward(layer, from, to, given,
                       Eigen::Map<Eigen::Matrix<S, Static::in(k), Dynamic>>(target, widths_[k], n),
                       call_of<k>(call, nullptr).pass);
    }
    if constexpr (k > 0)
      if (wanted)
        back<k - 1>(call, memory, x, n, target, target == free ? other : free, target == free ? free : other,
                    dx);
  }

  template <class F>
  void each(F&& f) const {
    [&]<std::size_t... k>(std::index_sequence<k...>) {
      (f.template operator()<k>(std::get<k>(layers_)), ...);
    }
    (std::index_sequence_for<Layers...>{});
  }

  std::tuple<Layers...> layers_;
  std::array<Index, depth + 1> widths_;
  std::array<Index, depth> first_{};  // of each layer's parameters
  Index parameters_ = 0;
};

namespace detail {

template <class L>
inline constexpr bool is_chain = false;
template <class... Layers>
inline constexpr bool is_chain<Chain<Layers...>> = true;

}  // namespace detail
}  // namespace espalier
