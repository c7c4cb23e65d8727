// SPDX-License-Identifier: MIT
// The dense layer that is monotone whatever its weights are.
#pragma once

#include <cmath>
#include <concepts>
#include <numbers>

#include "espalier/core/aligned.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/weight.hpp"

namespace espalier {

/// y = W+ s(x) + W- s(-x) + b, where W+ = max(W, 0) and W- = min(W, 0) (Sartor, Sinigaglia & Susto 2025,
/// arXiv 2505.02537, the activation switch in front of the product): no output falls when an input rises,
/// since s never falls. W is free: there is no set to project onto, and no neuron has to stay convex as one
/// of NonNegative weights and ReLU does, since s(x) and -s(-x) bend to opposite sides.
///
/// The activation comes first here, and none belongs behind it: `Dense(13, 32), MonotoneDense(32, 32),
/// MonotoneDense(32, 1)`. `MonotoneDense(32, 32)` has ReLU, `MonotoneDense(32, 32, Tanh{}, L1{1e-4})` another
/// s and policies on W: s is any layer that is one function of one number each, and whose slopes are 0 or
/// more. With Identity{} it is y = |W| x + b.
///
/// All inputs count as rising. For signs of the model's inputs put a Dense in front, whose weights
/// `constrain(net, Monotone{+1, 0, -1})` gives the signs. Parameters: "weight" (out x in), "gain" with
/// WeightNorm, "bias" (out) unless NoBias{} is among the policies.
///
/// The derivative by a weight that is 0 is that of the side to which the loss falls the steeper, and 0 where
/// it falls to neither. An initializer is told a fan-in of n + n (n - 1) / pi for n inputs: as HeNormal uses
/// it, inputs that are all equal keep their mean square through ReLU. (Weights of one sign meet inputs of one
/// sign here, so that deep layers' units move together.)
template <class Activation = ReLU, class... Policies>
class MonotoneDense {
  using Roles = detail::LayerPolicies<Policies...>;
  static_assert(HasSlopes<Activation>,
                "the activation of a MonotoneDense is one function of one number each that says its slopes, "
                "as ReLU: give yours `static constexpr Slopes slopes()`");

 public:
  static constexpr int input_extent = Dynamic, output_extent = Dynamic;
  static constexpr bool has_bias = Roles::has_bias;
  /// No output falls when an input rises.
  static constexpr bool monotone = true;

  /// Throws ShapeError unless there are at least 1 input and 1 output, ValueError for an activation that may
  /// fall and for policies that make no sense.
  MonotoneDense(Index inputs, Index outputs, const Activation& activation,
                const Policies&... policies) requires detail::PlainLayer<Activation>
      : MonotoneDense(WithActivation{}, inputs, outputs, activation, policies...) {}
  MonotoneDense(Index inputs, Index outputs,
                const Policies&... policies) requires std::same_as<Activation, ReLU>
      : MonotoneDense(WithActivation{}, inputs, outputs, ReLU{}, policies...) {}

  Index inputs() const { return weight_.inputs(); }
  Index outputs() const { return weight_.outputs(); }
  /// What certificates ask for: y = [W+ W-] s([x; -x]) + b.
  const Activation& switched() const { return activation_; }

  void declare(auto& d) const {
    weight_.declare(d);
    if constexpr (has_bias) d.bias("bias", outputs(), 1, bias_.pack);
  }
  void describe(auto&& f) const {
    if constexpr (requires { activation_.describe(f); }) activation_.describe(f);
  }

  Index kept(Index samples) const { return kept_of<float>(samples); }
  template <Scalar S>
  Index kept_of(Index n) const {
    return places<S>(n).end;
  }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    const Index n = x.cols(), in = inputs();
    const Places at = places<S>(n);
    weight_.prepare(call);
    split(call, call.kept + at.split);
    detail::BatchMap<S> both(call.kept + at.both, 2 * in, n);
    both.topRows(in) = x, both.bottomRows(in) = -x;
    activation_.forward(Eigen::Map<const Matrix<S>>(both.data(), 2 * in, n),
                        detail::BatchMap<S>(call.kept + at.active, 2 * in, n));
    detail::multiply_weight<WeightMatrix<S>>(2 * in, outputs(), n, call.kept + at.split,
                                             call.kept + at.active, has_bias ? call.value(bias_at) : nullptr,
                                             y.data());
  }

  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    const Index n = x.cols(), in = inputs(), out = outputs();
    const Places at = places<S>(n);
    if constexpr (has_bias) ArrayMap<S>(call.gradient(bias_at), out) = dy.rowwise().sum().array();
    detail::weight_gradient<WeightMatrix<S>>(2 * in, out, n, dy.data(), call.kept + at.active,
                                             call.kept + at.d_split);
    join(call, call.kept + at.split, call.kept + at.d_split);
    weight_.pull_back(call);
    if (!dx.data()) return;
    detail::BatchMap<S> gradient(call.kept + at.d_active, 2 * in, n);
    detail::input_gradient<WeightMatrix<S>>(2 * in, out, n, call.kept + at.split, dy.data(), gradient.data());
    activation_.backward(Eigen::Map<const Matrix<S>>(call.kept + at.both, 2 * in, n),
                         Eigen::Map<const Matrix<S>>(call.kept + at.active, 2 * in, n), gradient, gradient);
    dx = gradient.topRows(in) - gradient.bottomRows(in);
  }

  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    const auto n = static_cast<double>(inputs());
    const auto fan_in = static_cast<Index>(std::lround(n + n * (n - 1) / std::numbers::pi));
    weight_.initialize(init, call, fan_in, outputs(), rng);
    if constexpr (has_bias) weight_.initialize_bias(init, call, call.buffer(bias_at), fan_in, rng);
  }

  /// As two dense layers around the activation.
  void write_code(auto& out) const {
    const auto w = out.weight("weight");
    auto both = w, split = w;
    both.setZero(2 * inputs(), inputs()), split.setZero(outputs(), 2 * inputs());
    both.diagonal(0).setOnes(), both.diagonal(-inputs()).setConstant(-1);
    split.leftCols(inputs()) = w.cwiseMax(0), split.rightCols(inputs()) = w.cwiseMin(0);
    out.dense(both, {});
    activation_.write_code(out);
    if constexpr (has_bias)
      out.dense(split, out.parameter("bias"));
    else
      out.dense(split, {});
  }

  bool operator==(const MonotoneDense&) const = default;

 private:
  using WeightType = Weight<Dynamic, Dynamic, Policies...>;
  static constexpr Index bias_at = WeightType::parameters;
  struct WithActivation {};

  // Inlined, it makes GCC 12 warn of empty packs that nobody initialized.
  EIGEN_DONT_INLINE MonotoneDense(WithActivation, Index inputs, Index outputs, const Activation& activation,
                                  const Policies&... policies)
      : weight_(name(inputs, outputs), inputs, outputs, policies...),
        bias_(Roles::bias(policies...)),
        activation_(activation) {
    if constexpr (has_bias) bias_.pack.validate(name(inputs, outputs) + " bias", outputs, 1);
    if constexpr (requires { activation.validate(); }) activation.validate();
    const Slopes slopes = activation.slopes();
    if (!slopes.monotone())
      detail::fail(name(inputs, outputs), "an activation that never falls, as ReLU or Tanh",
                   detail::format_message("slopes from {} to {}", {slopes.least, slopes.largest}));
  }

  /// Where numbers stand that are kept: [W+ W-] and its gradient; [x; -x], s of it, and the gradient of both.
  struct Places {
    Index split, d_split, both, active, d_active, end;
  };
  template <Scalar S>
  Places places(Index n) const {
    Places at{};
    Index end = detail::padded<S>(weight_.kept());
    const auto next = [&](Index size) {
      const Index begin = end;
      end += detail::padded<S>(size);
      return begin;
    };
    at.split = next(2 * inputs() * outputs()), at.d_split = next(2 * inputs() * outputs());
    at.both = next(2 * inputs() * n), at.active = next(2 * inputs() * n);
    at.d_active = next(2 * inputs() * n);
    at.end = end;
    return at;
  }

  /// [W+ W-], by rows. What is not a number stays so.
  template <Scalar S>
  void split(const Call<S>& call, S* both) const {
    const S *w = weight_.factor(call), *const scales = weight_.scales(call);
    for (Index j = 0; j < outputs(); ++j, both += 2 * inputs())
      for (Index i = 0; i < inputs(); ++i, ++w) {
        const S made = scales ? scales[j] * *w : *w;
        both[i] = made < 0 ? S(0) : made, both[inputs() + i] = made > 0 ? S(0) : made;
      }
  }

  /// The gradient of W from that of [W+ W-].
  template <Scalar S>
  void join(const Call<S>& call, const S* both, const S* d) const {
    S* dw = call.gradient(0);
    for (Index j = 0; j < outputs(); ++j, both += 2 * inputs(), d += 2 * inputs())
      for (Index i = 0; i < inputs(); ++i) {
        const S up = d[i], down = d[inputs() + i];
        if (both[i] > 0)
          *dw++ = up;
        else if (both[inputs() + i] < 0)
          *dw++ = down;
        else
          *dw++ = steeper(up, down);
      }
  }
  /// Of a weight that is 0: `up` is the derivative above it, `down` that below.
  template <Scalar S>
  static S steeper(S up, S down) {
    const bool above = up<0, below = down> 0;
    if (above && below) return -up >= down ? up : down;
    return above ? up : below ? down : 0 * (up + down);  // what is not a number stays so
  }

  /// The name of the layer in messages. Throws unless its sizes make sense.
  static std::string name(Index inputs, Index outputs) {
    if (inputs < 1 || outputs < 1)
      detail::fail<ShapeError>("MonotoneDense", "at least 1 input and 1 output",
                               detail::format_message("{} -> {}", {inputs, outputs}));
    return detail::format_message("MonotoneDense({}, {})", {inputs, outputs});
  }

  WeightType weight_;
  typename Roles::BiasPolicies bias_;
  Activation activation_;
};

template <std::integral I, std::integral J>
MonotoneDense(I, J) -> MonotoneDense<>;
template <std::integral I, std::integral J, detail::PlainLayer A, class... Ps>
MonotoneDense(I, J, const A&, const Ps&...) -> MonotoneDense<A, Ps...>;
template <std::integral I, std::integral J, class P, class... Ps>
requires(!detail::PlainLayer<P>) MonotoneDense(I, J, const P&, const Ps&...)
->MonotoneDense<ReLU, P, Ps...>;

}  // namespace espalier
