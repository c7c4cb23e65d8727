// SPDX-License-Identifier: MIT
// The fully connected layer: y = W x + b, with policies on W, on b by name, and on the gains of a normalized
// W.
#pragma once

#include <concepts>

#include "espalier/core/rng.hpp"
#include "espalier/init/initializer.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/product.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/pack/pack_of.hpp"

namespace espalier {

/// Policies for the bias, which is free otherwise: `Dense(64, 10, Bias{NonNegative{}})`.
template <class... Ps>
struct Bias {
  Pack<Ps...> pack;
  Bias() = default;
  explicit Bias(const Ps&... ps) requires(sizeof...(Ps) > 0) : pack(ps...) {}
  bool operator==(const Bias&) const = default;
};

/// Policies for the gains of WeightNorm: `Dense(64, 10, WeightNorm{}, Gain{Clip{0, 2}})`.
template <class... Ps>
struct Gain {
  Pack<Ps...> pack;
  Gain() = default;
  explicit Gain(const Ps&... ps) requires(sizeof...(Ps) > 0) : pack(ps...) {}
  bool operator==(const Gain&) const = default;
};

/// y = W x.
struct NoBias {
  bool operator==(const NoBias&) const = default;
};

namespace detail {

template <class P>
inline constexpr bool is_bias = false;
template <class... Ps>
inline constexpr bool is_bias<Bias<Ps...>> = true;
template <class P>
inline constexpr bool is_gain = false;
template <class... Ps>
inline constexpr bool is_gain<Gain<Ps...>> = true;
struct WeightPolicies {
  template <class P>
  static constexpr bool keeps = !is_bias<P> && !is_gain<P> && !std::same_as<P, NoBias>;
};

/// The Bias<...> (Gain<...>) among the policies, or an empty one.
template <class None, template <class> class Wanted, class... Ps>
struct Find {
  using type = None;
};
template <class None, template <class> class Wanted, class P, class... Ps>
struct Find<None, Wanted, P, Ps...>
    : std::conditional_t<Wanted<P>::value, std::type_identity<P>, Find<None, Wanted, Ps...>> {};
template <class P>
struct BiasTest : std::bool_constant<is_bias<P>> {};
template <class P>
struct GainTest : std::bool_constant<is_gain<P>> {};

}  // namespace detail

/// `Dense(64, 128, L1{1e-5})` has sizes known at run time, `Dense<64, 128, L1>{{1e-5}}` at compile time,
/// `Dense<Dynamic, 10>{64}` one of each. W is out x in.
template <int In = Dynamic, int Out = Dynamic, class... Policies>
class Dense {
 public:
  static constexpr int input_extent = In, output_extent = Out;

  using WeightPack = detail::PackOf<detail::WeightPolicies, Policies...>;
  using BiasPolicies = typename detail::Find<Bias<>, detail::BiasTest, Policies...>::type;
  using GainPolicies = typename detail::Find<Gain<>, detail::GainTest, Policies...>::type;

  static constexpr bool has_bias = !(false || ... || std::same_as<Policies, NoBias>);
  static constexpr bool normalized = WeightPack::reparametrizations > 0;
  static constexpr bool has_gain = (false || ... || [] {
    if constexpr (Reparametrization<Policies>) return bool{Policies::trains_gain};
    return false;
  }());
  static_assert(has_gain || std::same_as<GainPolicies, Gain<>>,
                "Gain<...> needs a gain: add WeightNorm to the layer");
  static_assert(has_bias || std::same_as<BiasPolicies, Bias<>>,
                "Bias<...> needs a bias: remove NoBias from the layer");
  static_assert((0 + ... + int{detail::is_bias<Policies>}) <= 1 &&
                    (0 + ... + int{detail::is_gain<Policies>}) <= 1,
                "Bias<...> or Gain<...> is given twice: write all its policies into one");

  explicit Dense(const Policies&... policies) requires(In != Dynamic && Out != Dynamic &&
                                                       sizeof...(Policies) > 0)
      : Dense(WithSizes{}, In, Out, policies...) {}
  Dense() requires(In != Dynamic && Out != Dynamic) : Dense(WithSizes{}, In, Out, Policies{}...) {}

  Dense(Index inputs, Index outputs, const Policies&... policies) requires(In == Dynamic && Out == Dynamic)
      : Dense(WithSizes{}, inputs, outputs, policies...) {}

  explicit Dense(Index inputs, const Policies&... policies) requires(In == Dynamic && Out != Dynamic)
      : Dense(WithSizes{}, inputs, Out, policies...) {}
  explicit Dense(Index inputs) requires(In == Dynamic && Out != Dynamic && sizeof...(Policies) > 0)
      : Dense(WithSizes{}, inputs, Out, Policies{}...) {}
  explicit Dense(Index outputs, const Policies&... policies) requires(In != Dynamic && Out == Dynamic)
      : Dense(WithSizes{}, In, outputs, policies...) {}
  explicit Dense(Index outputs) requires(In != Dynamic && Out == Dynamic && sizeof...(Policies) > 0)
      : Dense(WithSizes{}, In, outputs, Policies{}...) {}

  Index inputs() const { return inputs_; }
  Index outputs() const { return outputs_; }

  auto parameters() const {
    using Weights = ParameterSpec<WeightPack, ParameterKind::weight>;
    using Gains = ParameterSpec<decltype(gain_.pack), ParameterKind::gain>;
    using Biases = ParameterSpec<decltype(bias_.pack), ParameterKind::bias>;
    const Weights weight{"weight", outputs_, inputs_, weight_pack_};
    const Gains gain{"gain", outputs_, 1, gain_.pack};
    const Biases bias{"bias", outputs_, 1, bias_.pack};
    if constexpr (has_gain && has_bias)
      return std::tuple(weight, gain, bias);
    else if constexpr (has_gain)
      return std::tuple(weight, gain);
    else if constexpr (has_bias)
      return std::tuple(weight, bias);
    else
      return std::tuple(weight);
  }

  /// The row scales g / norm(v) and the inverse norms of a normalized weight.
  Index scratch() const { return normalized ? 2 * outputs_ : 0; }

  template <Scalar S, std::size_t n, class X, class Y>
  void forward(const Values<S, n>& p, const X& x, Y&& y, [[maybe_unused]] S* scratch) const {
    const S* bias = has_bias && !normalized ? p[n - 1] : nullptr;
    detail::multiply_weight<Weight<S>>(inputs_, outputs_, x.cols(), p[0], x.data(), bias, y.data());
    if constexpr (normalized) {
      measure(p, scratch);
      y.array().colwise() *= Eigen::Map<const Eigen::Array<S, Dynamic, 1>>(scratch, outputs_);
      if constexpr (has_bias) y.colwise() += Column<const S>(p[n - 1], outputs_);
    }
  }

  template <Scalar S, std::size_t n, class X, class Y, class DY, class DX>
  void backward(const Values<S, n>& p, const X& x, const Y&, DY&& dy, DX&& dx, const Gradients<S, n>& g,
                [[maybe_unused]] S* scratch) const {
    if constexpr (has_bias) Column<S>(g[n - 1], outputs_) = dy.rowwise().sum();
    detail::weight_gradient<Weight<S>>(inputs_, outputs_, x.cols(), dy.data(), x.data(), g[0]);
    if constexpr (normalized) {
      pull_back(p, g, scratch);
      dy.array().colwise() *= Eigen::Map<const Eigen::Array<S, Dynamic, 1>>(scratch, outputs_);
    }
    if constexpr (!std::same_as<std::remove_cvref_t<DX>, std::nullptr_t>)
      detail::input_gradient<Weight<S>>(inputs_, outputs_, x.cols(), p[0], dy.data(), dx.data());
  }

  /// Gains start at the norms of the rows, so that the weight starts as the initializer made it.
  template <Scalar S, std::size_t n, class Init>
  void initialize(const Init& init, const Gradients<S, n>& values, Rng& rng) const {
    Eigen::Map<WeightMatrix<S>> weight(values[0], outputs_, inputs_);
    init(weight, inputs_, outputs_, rng);
    if constexpr (has_gain)
      for (Index j = 0; j < outputs_; ++j)
        values[1][j] = static_cast<S>(detail::norm(values[0] + j * inputs_, inputs_));
    if constexpr (has_bias) {
      Eigen::Map<Vector<S>> bias(values[n - 1], outputs_);
      if constexpr (requires { init.bias(bias, inputs_, rng); })
        init.bias(bias, inputs_, rng);
      else
        bias.setZero();
    }
  }

  bool operator==(const Dense&) const = default;

 private:
  struct WithSizes {};

  /// Products of small matrices of known extents unroll, the others share one kernel per scalar.
  template <class S>
  static constexpr bool unrolls =
      In != Dynamic&& Out != Dynamic&& Index{In} * Index{Out} * Index{sizeof(S)} <= 4096;
  template <class S>
  using Weight = Eigen::Matrix<S, unrolls<S> ? Out : Dynamic, unrolls<S> ? In : Dynamic,
                               unrolls<S> && In == 1 ? Eigen::ColMajor : Eigen::RowMajor>;
  template <class T>
  using Column = Eigen::Map<std::conditional_t<std::is_const_v<T>, const Vector<std::remove_const_t<T>>,
                                               Vector<std::remove_const_t<T>>>>;

  // Inlined, it makes GCC 12 warn of empty packs that nobody initialized.
  EIGEN_DONT_INLINE Dense(WithSizes, Index inputs, Index outputs, const Policies&... policies)
      : inputs_(inputs),
        outputs_(outputs),
        weight_pack_(detail::pack_of<detail::WeightPolicies>(policies...)) {
    if (inputs < 1 || outputs < 1)
      detail::fail<ShapeError>("Dense", "at least 1 input and 1 output",
                               detail::format_message("{} -> {}", {inputs, outputs}));
    (
        [&] {
          if constexpr (detail::is_bias<Policies>) bias_ = policies;
          if constexpr (detail::is_gain<Policies>) gain_ = policies;
        }(),
        ...);
    validate(weight_pack_, "weight", inputs);
    validate(bias_.pack, "bias", 1);
    validate(gain_.pack, "gain", 1);
  }

  template <class PackType>
  void validate(const PackType& pack, std::string_view what, Index row) const {
    if constexpr (!PackType::empty)
      pack.validate(detail::format_message("Dense({}, {}) {}", {inputs_, outputs_, what}), row);
  }

  /// scratch = [g_j / norm(v_j), 1 / norm(v_j)]. A zero direction gives a zero row and takes no gradient.
  template <Scalar S, std::size_t n>
  void measure(const Values<S, n>& p, S* scratch) const {
    for (Index j = 0; j < outputs_; ++j) {
      const double inverse = detail::inverse_norm(p[0] + j * inputs_, inputs_);
      scratch[outputs_ + j] = static_cast<S>(inverse);
      if constexpr (has_gain)
        scratch[j] = static_cast<S>(static_cast<double>(p[1][j]) * inverse);
      else
        scratch[j] = static_cast<S>(inverse);
    }
  }

  /// dv = (g / norm(v)) (dw - g' v / norm(v)), g' = <dw, v> / norm(v) (Salimans & Kingma 2016, eq. 3), row by
  /// row.
  template <Scalar S, std::size_t n>
  void pull_back(const Values<S, n>& p, const Gradients<S, n>& g, const S* scratch) const {
    for (Index j = 0; j < outputs_; ++j) {
      const ConstRow<S> v(p[0] + j * inputs_, inputs_);
      Row<S> dw(g[0] + j * inputs_, inputs_);
      const S inverse = scratch[outputs_ + j], along = (dw * v).sum() * inverse;
      if constexpr (has_gain) g[1][j] = along;
      dw = scratch[j] * (dw - along * inverse * v);
    }
  }

  Index inputs_, outputs_;
  WeightPack weight_pack_;
  BiasPolicies bias_;
  GainPolicies gain_;
};

template <std::integral I, std::integral J, class... Ps>
Dense(I, J, const Ps&...) -> Dense<Dynamic, Dynamic, Ps...>;

}  // namespace espalier
