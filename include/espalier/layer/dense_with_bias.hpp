// SPDX-License-Identifier: MIT
// The fully connected layer whose bias is one more weight of each neuron.
#pragma once

#include <concepts>
#include <string>

#include "espalier/core/aligned.hpp"
#include "espalier/layer/weight.hpp"

namespace espalier {

/// `DenseWithBias(64, 10, MaxNorm{3})`: y = W x + b as in Dense, but policies see the bias of a neuron as the
/// last weight of its row, norm((w_j, b_j)) <= 3. The one parameter "weight" is out x (in + 1), (W, b). For
/// PerInput the biases are one more input; patterns, as of Mask, have a place more. A bias starts as the
/// other weights do. Costs a copy of the inputs in each pass.
template <class... Policies>
class DenseWithBias {
  using WeightType = Weight<Dynamic, Dynamic, Policies...>;
  static_assert(detail::LayerPolicies<Policies...>::has_bias,
                "DenseWithBias has its bias in the weight: without one, take Dense(in, out, NoBias{})");
  static_assert((true && ... && !detail::is_bias<Policies>),
                "DenseWithBias has its bias in the weight: policies on the bias alone are for Dense");

 public:
  static constexpr int input_extent = Dynamic, output_extent = Dynamic;
  static constexpr bool affine = true, bias_in_weight = true;

  /// Throws ShapeError unless there are at least 1 input and 1 output, ValueError for policies that make no
  /// sense on rows of inputs + 1 weights.
  DenseWithBias(Index inputs, Index outputs, const Policies&... policies)
      : weight_(name(inputs, outputs), inputs + 1, outputs, policies...) {}

  Index inputs() const { return weight_.inputs() - 1; }
  Index outputs() const { return weight_.outputs(); }

  void declare(auto& d) const { weight_.declare(d); }

  Index kept(Index samples) const { return kept_of<float>(samples); }
  template <Scalar S>
  Index kept_of(Index samples) const {
    return batch_at<S>() + 2 * detail::padded<S>(weight_.inputs() * samples);
  }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    const Index n = x.cols();
    detail::BatchMap<S> batch(call.kept + batch_at<S>(), weight_.inputs(), n);
    batch.topRows(inputs()) = x;
    batch.row(inputs()).setOnes();
    weight_.prepare(call);
    weight_.multiply(call, n, batch.data(), static_cast<const S*>(nullptr), y.data());
  }

  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    const Index n = x.cols();
    detail::BatchMap<S> batch(call.kept + batch_at<S>(), weight_.inputs(), n);
    weight_.set_gradient(call, n, dy.data(), batch.data());
    weight_.pull_back(call);
    if (!dx.data()) return;
    detail::BatchMap<S> gradient(batch.data() + detail::padded<S>(batch.size()), weight_.inputs(), n);
    weight_.input_gradient(call, n, dy.data(), gradient.data());
    dx = gradient.topRows(inputs());
  }

  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    weight_.initialize(init, call, inputs(), outputs(), rng);
  }

  void write_code(auto& out) const {
    const auto both = out.weight("weight");
    out.dense(both.leftCols(inputs()).eval(), both.rightCols(1).eval());
  }

  bool operator==(const DenseWithBias&) const = default;

 private:
  /// Where the inputs stand with a row of ones below them.
  template <Scalar S>
  Index batch_at() const {
    return detail::padded<S>(weight_.kept());
  }

  /// The name of the layer in messages. Throws unless its sizes make sense.
  static std::string name(Index inputs, Index outputs) {
    if (inputs < 1 || outputs < 1)
      detail::fail<ShapeError>("DenseWithBias", "at least 1 input and 1 output",
                               detail::format_message("{} -> {}", {inputs, outputs}));
    return detail::format_message("DenseWithBias({}, {})", {inputs, outputs});
  }

  WeightType weight_;
};

template <std::integral I, std::integral J, class... Ps>
DenseWithBias(I, J, const Ps&...) -> DenseWithBias<Ps...>;

}  // namespace espalier
