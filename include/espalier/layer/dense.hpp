// SPDX-License-Identifier: MIT
// The fully connected layer: y = W x + b, with policies on W, on b by name, and on the gains of a normalized
// W.
#pragma once

#include <concepts>

#include "espalier/layer/weight.hpp"

namespace espalier {

/// `Dense(64, 128, L1{1e-5})` has sizes known at run time, `Dense<64, 128, L1>{{1e-5}}` at compile time. W is
/// out x in. Parameters: weight, gain with WeightNorm, bias unless NoBias{} is among the policies.
template <int In = Dynamic, int Out = Dynamic, class... Policies>
class Dense {
  static_assert((true && ... && !std::same_as<Policies, detail::BeforeSizes>),
                "sizes come before policies: write Dense(64, 128, L1{1e-5})");
  using Roles = detail::LayerPolicies<Policies...>;
  static_assert((In == Dynamic) == (Out == Dynamic),
                "Dense<in, out> knows both sizes at compile time or none: write Dense(in, out)");

 public:
  static constexpr int input_extent = In, output_extent = Out;
  static constexpr bool has_bias = Roles::has_bias;
  /// What follows in a chain acts on W x + b itself, as the parameters are told (ParameterEntry::slopes).
  static constexpr bool affine = true;

  explicit Dense(const Policies&... policies) requires(In != Dynamic && sizeof...(Policies) > 0)
      : Dense(WithSizes{}, In, Out, policies...) {}
  Dense() requires(In != Dynamic) : Dense(WithSizes{}, In, Out, Policies{}...) {}
  /// Throws ShapeError unless there are at least 1 input and 1 output, ValueError for policies that make no
  /// sense.
  Dense(Index inputs, Index outputs, const Policies&... policies) requires(In == Dynamic)
      : Dense(WithSizes{}, inputs, outputs, policies...) {}

  Index inputs() const { return weight_.inputs(); }
  Index outputs() const { return weight_.outputs(); }

  void declare(auto& d) const {
    weight_.declare(d);
    if constexpr (has_bias) d.bias("bias", outputs(), 1, bias_.pack);
  }

  Index kept(Index) const { return weight_.kept(); }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    weight_.prepare(call);
    weight_.multiply(call, x.cols(), x.data(), has_bias ? call.value(bias_at) : nullptr, y.data());
  }

  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    if constexpr (has_bias) ArrayMap<S>(call.gradient(bias_at), outputs()) = dy.rowwise().sum().array();
    weight_.set_gradient(call, x.cols(), dy.data(), x.data());
    weight_.pull_back(call);
    if (dx.data()) weight_.input_gradient(call, x.cols(), dy.data(), dx.data());
  }

  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    weight_.initialize(init, call, inputs(), outputs(), rng);
    if constexpr (has_bias) weight_.initialize_bias(init, call, call.buffer(bias_at), inputs(), rng);
  }

  void write_code(auto& out) const { out.dense("weight", has_bias ? "bias" : ""); }

  bool operator==(const Dense&) const = default;

 private:
  using WeightType = Weight<In, Out, Policies...>;
  static constexpr Index bias_at = WeightType::parameters;
  struct WithSizes {};

  // Inlined, it makes GCC 12 warn of empty packs that nobody initialized.
  EIGEN_DONT_INLINE Dense(WithSizes, Index inputs, Index outputs, const Policies&... policies)
      : weight_(name(inputs, outputs), inputs, outputs, policies...), bias_(Roles::bias(policies...)) {
    if constexpr (has_bias) bias_.pack.validate(name(inputs, outputs) + " bias", outputs, 1);
  }

  /// The name of the layer in messages. Throws unless its sizes make sense.
  static std::string name(Index inputs, Index outputs) {
    if (inputs < 1 || outputs < 1)
      detail::fail<ShapeError>("Dense", "at least 1 input and 1 output",
                               detail::format_message("{} -> {}", {inputs, outputs}));
    return detail::format_message("Dense({}, {})", {inputs, outputs});
  }

  WeightType weight_;
  typename Roles::BiasPolicies bias_;
};

template <std::integral I, std::integral J, class... Ps>
Dense(I, J, const Ps&...) -> Dense<Dynamic, Dynamic, Ps...>;
template <class P, class... Rest>
requires(!std::integral<P> && (false || ... || std::integral<Rest>)) Dense(const P&, const Rest&...)
->Dense<Dynamic, Dynamic, detail::BeforeSizes>;

}  // namespace espalier
