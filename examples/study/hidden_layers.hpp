// SPDX-License-Identifier: MIT
// Hidden layers whose number is known at run time only: one type of network for all depths.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <espalier/espalier.hpp>

namespace study {

namespace esp = espalier;

/// Dense layers with a ReLU behind each: y_k = max(W_k y_(k-1) + b_k, 0). Without any it passes its inputs
/// on. Parameters have the paths "0.weight", "0.bias", "1.weight", ... below the layer's own.
template <class... Policies>
class HiddenLayers {
  using Dense = esp::Dense<esp::Dynamic, esp::Dynamic, Policies...>;

 public:
  static constexpr int input_extent = esp::Dynamic, output_extent = esp::Dynamic;

  /// `widths` are the number of inputs, and the neurons of each layer.
  explicit HiddenLayers(std::vector<esp::Index> widths, const Policies&... policies)
      : widths_(std::move(widths)) {
    for (std::size_t k = 0; k + 1 < widths_.size(); ++k) {
      layers_.emplace_back(widths_[k], widths_[k + 1], policies...);
      first_.push_back(static_cast<esp::Index>(k) * esp::detail::parameter_count(layers_.front()));
    }
  }

  esp::Index inputs() const { return widths_.front(); }
  esp::Index outputs() const { return widths_.back(); }

  void declare(auto& d) const {
    for (std::size_t k = 0; k < layers_.size(); ++k) d.inner(std::to_string(k), layers_[k]);
  }

  /// Activations, what the layers keep, and two gradients on their way back.
  template <esp::Scalar S>
  esp::Index kept_of(esp::Index n) const {
    esp::Index total = 2 * esp::detail::padded<S>(widest() * n);
    for (const Dense& layer : layers_)
      total += esp::detail::padded<S>(layer.outputs() * n) + esp::detail::padded<S>(layer.kept(n));
    return total;
  }

  template <esp::Scalar S>
  void forward(const esp::Call<S>& call, const auto& x, auto&& y) const {
    if (layers_.empty()) y = x;
    Memory<S> memory(*this, call.kept, x.cols());
    const S* input = x.data();
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      S* const output = k + 1 < layers_.size() ? memory.outputs[k] : y.data();
      Batch<S> to(output, layers_[k].outputs(), x.cols());
      layers_[k].forward(call_of(call, k, memory.kept[k]),
                         ConstBatch<S>(input, layers_[k].inputs(), x.cols()), to);
      to = to.cwiseMax(S(0));
      input = output;
    }
  }

  template <esp::Scalar S>
  void backward(const esp::Call<S>& call, const auto& x, const auto& y, auto&& dy, auto&& dx) const {
    if (layers_.empty() && dx.data()) dx = dy;
    const esp::Index n = x.cols();
    Memory<S> memory(*this, call.kept, n);
    S* given = dy.data();
    for (std::size_t k = layers_.size(); k-- > 0;) {
      const S* const output = k + 1 < layers_.size() ? memory.outputs[k] : y.data();
      ConstBatch<S> to(output, layers_[k].outputs(), n);
      Batch<S> delta(given, layers_[k].outputs(), n);
      delta = (to.array() > S(0)).select(delta, S(0));
      S* const target = k > 0 ? memory.deltas[k % 2] : dx.data();
      layers_[k].backward(call_of(call, k, memory.kept[k]),
                          ConstBatch<S>(k > 0 ? memory.outputs[k - 1] : x.data(), layers_[k].inputs(), n), to,
                          delta, Batch<S>(target, layers_[k].inputs(), n));
      given = target;
    }
  }

  template <class Init, esp::Scalar S>
  void initialize(const Init& init, const esp::Call<S>& call, esp::Rng& rng) const {
    for (std::size_t k = 0; k < layers_.size(); ++k)
      layers_[k].initialize(init, call_of(call, k, static_cast<S*>(nullptr)), rng);
  }

 private:
  template <esp::Scalar S>
  using Batch = Eigen::Map<esp::Matrix<S>>;
  template <esp::Scalar S>
  using ConstBatch = Eigen::Map<const esp::Matrix<S>>;

  /// Where the numbers of a pass stand.
  template <esp::Scalar S>
  struct Memory {
    std::vector<S*> outputs, kept;
    std::array<S*, 2> deltas;

    Memory(const HiddenLayers& all, S* next, esp::Index n) {
      const auto take = [&](esp::Index size) {
        return std::exchange(next, next + esp::detail::padded<S>(size));
      };
      for (const Dense& layer : all.layers_) {
        outputs.push_back(take(layer.outputs() * n));
        kept.push_back(take(layer.kept(n)));
      }
      deltas = {take(all.widest() * n), take(all.widest() * n)};
    }
  };

  template <esp::Scalar S>
  esp::Call<S> call_of(const esp::Call<S>& call, std::size_t k, S* kept) const {
    return call.inner(static_cast<esp::Index>(k), first_[k], kept);
  }
  esp::Index widest() const { return *std::max_element(widths_.begin(), widths_.end()); }

  std::vector<esp::Index> widths_;
  std::vector<Dense> layers_;
  std::vector<esp::Index> first_;  // of each layer's parameters
};

}  // namespace study
