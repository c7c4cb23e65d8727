// SPDX-License-Identifier: MIT
// The weight of a layer: a parameter with its policies, and the products with what its reparametrization
// makes of it.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "espalier/core/rng.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/product.hpp"
#include "espalier/layer/from_sets.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/layer/policies.hpp"
#include "espalier/pack/any_pack.hpp"
#include "espalier/pack/matrix_maps.hpp"

namespace espalier {

/// A component of every layer that has weights; W is out x in. Of the layer's policies it takes those for the
/// weight and for its gains. Small weights whose sizes are known to the compiler unroll.
///
/// Three forms: W is what is stored; W = diag(scale) V, which is never written out (the rows of a product are
/// scaled); or W is a function of what is stored, number by number or as a whole, written out once a pass.
///
///   weight.prepare(call);                          // at the beginning of a forward pass
///   weight.multiply(call, n, x, bias, y);          // y = W x + bias for n samples; as often as you like
///   weight.set_gradient(call, n, dy, x);           // the gradient of W, of all samples of the pass
///   weight.pull_back(call);                        // then that of what is stored
///   weight.input_gradient(call, n, dy, dx);        // dx = W^T dy; overwrites dy if W is scaled
///
/// `call` counts the parameters of the weight from 0 (Call::part), and its `kept` has kept() numbers.
template <int In, int Out, class... Policies>
class Weight {
  using Roles = detail::LayerPolicies<Policies...>;

 public:
  using PackType = typename Roles::Weight;
  static constexpr bool row_scaled = Roles::row_scaled, has_gain = Roles::has_gain;
  static constexpr bool mapped = PackType::reparametrizations > 0 && !row_scaled;
  /// Has the map of W numbers beside what is stored?
  static constexpr bool has_beside = PackType::has_beside;
  /// How many parameters it declares.
  static constexpr Index parameters = has_gain || has_beside ? 2 : 1;

  /// Throws ValueError, naming `where`, for policies that make no sense on rows of `in` weights.
  Weight(std::string_view where, Index in, Index out, const Policies&... policies)
      : in_(in),
        out_(out),
        pack_(detail::pack_of<detail::WeightPolicies>(policies...)),
        gain_(Roles::gain(policies...)) {
    if constexpr (!PackType::empty) pack_.validate(std::string(where) + " weight", out, in);
    if constexpr (has_gain) gain_.pack.validate(std::string(where) + " gain", out, 1);
  }

  Index inputs() const { return in_; }
  Index outputs() const { return out_; }

  void declare(auto& d, std::string_view name = "weight", std::string_view gain_name = "gain") const {
    d.weight(name, out_, in_, pack_);
    if constexpr (has_gain) d.gain(gain_name, out_, 1, gain_.pack);
    if constexpr (has_beside) declare_beside(d, gain_name);
  }

  /// The scales g / norm(v) of the rows and their inverse norms, or W.
  Index kept() const { return row_scaled ? 2 * out_ : mapped ? out_ * in_ : 0; }

  template <Scalar S>
  void prepare(const Call<S>& call) const {
    if constexpr (row_scaled) measure(call);
    if constexpr (mapped)
      with_map(call, [&]<class P>(const P& map) {
        if constexpr (ElementMap<P>) {
          for (Index i = 0; i < in_ * out_; ++i) call.kept[i] = map.weight(call.value(0)[i]);
        } else {
          const Block<const S> stored{call.value(0), out_, in_};
          if (has_beside && call.pass.training && call.buffers)
            detail::map_advance(map, stored, call.buffer(1));
          detail::map_weight(map, stored, beside(call), Block<S>{call.kept, out_, in_});
        }
      });
  }

  template <Scalar S>
  void multiply(const Call<S>& call, Index n, const S* x, const S* bias, S* y) const {
    if constexpr (!row_scaled)
      return detail::multiply_weight<Shape<S>>(in_, out_, n, stored_or_mapped(call), x, bias, y);
    detail::multiply_weight<Shape<S>>(in_, out_, n, call.value(0), x, static_cast<const S*>(nullptr), y);
    Eigen::Map<Matrix<S>> outputs(y, out_, n);
    outputs.array().colwise() *= ConstArrayMap<S>(call.kept, out_);
    if (bias) outputs.array().colwise() += ConstArrayMap<S>(bias, out_);
  }

  template <Scalar S>
  void set_gradient(const Call<S>& call, Index n, const S* dy, const S* x) const {
    detail::weight_gradient<Shape<S>>(in_, out_, n, dy, x, call.gradient(0));
  }

  template <Scalar S>
  void pull_back(const Call<S>& call) const {
    if constexpr (row_scaled) pull_back_scaled(call);
    if constexpr (mapped)
      with_map(call, [&]<class P>(const P& map) {
        const S* const p = call.value(0);
        S* const g = call.gradient(0);
        if constexpr (ElementMap<P>)
          for (Index i = 0; i < in_ * out_; ++i) g[i] = map.pull_back(p[i], g[i]);
        else
          detail::map_pull_back(map, {p, out_, in_}, beside(call), Block<const S>{call.kept, out_, in_},
                                Block<S>{g, out_, in_}, has_beside ? call.gradient(1) : nullptr);
      });
  }

  template <Scalar S>
  void input_gradient(const Call<S>& call, Index n, S* dy, S* dx) const {
    if constexpr (row_scaled)
      Eigen::Map<Matrix<S>>(dy, out_, n).array().colwise() *= ConstArrayMap<S>(call.kept, out_);
    detail::input_gradient<Shape<S>>(in_, out_, n, factor(call), dy, dx);
  }

  /// For products of other layouts: W is this matrix, out x in by rows, with its rows times the scales where
  /// there are any.
  template <Scalar S>
  const S* factor(const Call<S>& call) const {
    return row_scaled ? call.value(0) : stored_or_mapped(call);
  }
  template <Scalar S>
  const S* scales(const Call<S>& call) const {
    return row_scaled ? call.kept : nullptr;
  }

  /// W as the initializer makes it: gains start at the norms of the rows, mapped numbers where the map gives
  /// W. Where a map of matrices does not, what is stored starts as the initializer makes W.
  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Index fan_in, Index fan_out, Rng& rng) const {
    S* const w = call.buffer(0);
    if constexpr (std::same_as<Init, FromSets>) {
      initialize_from_sets(call, {{w, out_, in_}, nullptr, 0, fan_in, fan_out}, rng);
    } else {
      Eigen::Map<WeightMatrix<S>> weight(w, out_, in_);
      init(weight, fan_in, fan_out, rng);
    }
    if constexpr (has_gain)
      for (Index j = 0; j < out_; ++j) call.buffer(1)[j] = static_cast<S>(detail::norm(w + j * in_, in_));
    if constexpr (mapped)
      with_map(call, [&]<class P>(const P& map) {
        if constexpr (ElementMap<P>)
          for (Index i = 0; i < in_ * out_; ++i) w[i] = detail::parameter_of(map, w[i]);
        else
          detail::map_parameter(map, Block<S>{w, out_, in_}, has_beside ? call.buffer(1) : nullptr);
      });
  }

  /// The biases that belong to it.
  template <class Init, Scalar S>
  void initialize_bias(const Init& init, const Call<S>& call, S* bias, Index fan_in, Rng& rng) const {
    if constexpr (std::same_as<Init, FromSets>)
      initialize_from_sets(call, {{}, bias, out_, fan_in}, rng);
    else
      detail::initialize_bias(init, bias, out_, fan_in, rng);
  }

  bool operator==(const Weight&) const = default;

 private:
  /// The first parameter of the model is taken to read the inputs.
  template <Scalar S>
  void initialize_from_sets(const Call<S>& call, detail::NewNumbers<S> to, Rng& rng) const {
    to.reads_inputs = call.offsets[0] == 0;
    const AnyPack<S>* const pack = call.pack(0);
    (pack ? *pack : AnyPack<S>(pack_)).initialize(to, rng);
  }

  template <class S>
  static constexpr bool unrolls = (In != Dynamic) && (Out != Dynamic) &&
                                  (Index{In} * Index{Out} * Index{sizeof(S)} <= 4096);
  /// The matrix that W is, with the extents that products unroll by.
  template <class S>
  using Shape = Eigen::Matrix<S, unrolls<S> ? Out : Dynamic, unrolls<S> ? In : Dynamic,
                              unrolls<S> && In == 1 ? Eigen::ColMajor : Eigen::RowMajor>;

  template <Scalar S>
  const S* stored_or_mapped(const Call<S>& call) const {
    return mapped ? call.kept : call.value(0);
  }

  /// kept = [g_j / norm(v_j), 1 / norm(v_j)]. A zero direction gives a zero row and takes no gradient.
  template <Scalar S>
  void measure(const Call<S>& call) const {
    for (Index j = 0; j < out_; ++j) {
      const double inverse = detail::inverse_norm(call.value(0) + j * in_, in_);
      call.kept[out_ + j] = static_cast<S>(inverse);
      if constexpr (has_gain)
        call.kept[j] = static_cast<S>(static_cast<double>(call.value(1)[j]) * inverse);
      else
        call.kept[j] = static_cast<S>(inverse);
    }
  }

  /// dv = (g / norm(v)) (dw - g' v / norm(v)), g' = <dw, v> / norm(v) (Salimans & Kingma 2016, eq. 3), row by
  /// row.
  template <Scalar S>
  void pull_back_scaled(const Call<S>& call) const {
    for (Index j = 0; j < out_; ++j) {
      const ConstArrayMap<S> v(call.value(0) + j * in_, in_);
      ArrayMap<S> dw(call.gradient(0) + j * in_, in_);
      const S inverse = call.kept[out_ + j], along = (dw * v).sum() * inverse;
      if constexpr (has_gain) call.gradient(1)[j] = along;
      dw = call.kept[j] * (dw - along * inverse * v);
    }
  }

  /// f(the policy that maps what is stored), as the model has it now.
  template <Scalar S, class F>
  void with_map(const Call<S>& call, F&& f) const {
    pack_.for_each_policy([&]<class P>([[maybe_unused]] const P& policy) {
      if constexpr (ElementMap<P> || MatrixMap<P>) {
        const AnyPack<S>* const pack = call.pack(0);
        const P* const edited = pack ? pack->template find<P>() : nullptr;
        f(edited ? *edited : policy);
      }
    });
  }

  /// The numbers beside what is stored; null without any.
  template <Scalar S>
  const S* beside(const Call<S>& call) const {
    return has_beside ? call.value(1) : nullptr;
  }
  /// As "bound" or, where gains would be "gain_ih", "bound_ih".
  void declare_beside(auto& d, std::string_view gain_name) const {
    pack_.for_each_policy([&]<class P>([[maybe_unused]] const P& map) {
      if constexpr (HasNumbersBeside<P>) {
        const std::string name = std::string(P::beside_name) + std::string(gain_name.substr(4));
        if constexpr (P::trains_beside)
          d.gain(name, map.beside(out_, in_), 1);
        else
          d.buffer(name, map.beside(out_, in_), 1);
      }
    });
  }

  Index in_, out_;
  PackType pack_;
  typename Roles::GainPolicies gain_;
};

}  // namespace espalier
