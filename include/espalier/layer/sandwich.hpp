// SPDX-License-Identifier: MIT
// The sandwich layer: a complete parametrization of 1-Lipschitz layers.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <numbers>

#include "espalier/core/aligned.hpp"
#include "espalier/kernel/cayley.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/weight.hpp"

namespace espalier {

namespace detail {

/// sqrt(2) e^psi; of -psi, what divides by it.
template <Scalar S>
S sandwich_rise(S psi) {
  return static_cast<S>(std::numbers::sqrt2 * std::exp(static_cast<double>(psi)));
}

}  // namespace detail

/// y = sqrt(2) A' Psi s(sqrt(2) Psi^-1 B x + b), where [A B] = Cayley(P), so that A A' + B B' = I, and Psi =
/// diag(e^psi) (Wang & Manchester 2023, eq. 7): norm(y(x) - y(z)) <= norm(x - z) for all x and z, whatever P,
/// psi and b are, if the slopes of s are from 0 to 1, but for the roundings of the products. It is complete:
/// chains of it, before a last W with norm(W)_2 <= 1, give every network that LipSDP with a diagonal
/// multiplier proves to be 1-Lipschitz (ibid., theorem 3.2). As that last layer take Dense(in, out, Cayley{})
/// or Dense(in, out, SpectralRescaled{4}).
///
/// `Sandwich(784, 64)` has ReLU, `Sandwich(784, 64, Tanh{})` another s: any layer that is one function of one
/// number each, and says its slopes. Parameters: "weight" (P, out x (out + in)), "psi" (out, from 0) and
/// "bias" (out). A chain with the Lipschitz constant gamma is
///
///   Sequential net{Scale{sqrt(gamma)}, Sandwich(784, 64), Sandwich(64, 64), Dense(64, 10, Cayley{}),
///                  Scale{sqrt(gamma)}};
template <class Activation = ReLU>
class Sandwich {
 public:
  static constexpr int input_extent = Dynamic, output_extent = Dynamic;

  /// Throws ShapeError unless there are at least 1 input and 1 output, ValueError for an activation whose
  /// slopes are not from 0 to 1.
  Sandwich(Index inputs, Index outputs, const Activation& activation = {})
      : inputs_(inputs),
        weight_(name(inputs, outputs), outputs + inputs, outputs, detail::CayleyMap{}),
        activation_(activation) {
    static_assert(HasSlopes<Activation>,
                  "the activation of a Sandwich is one function of one number each that says its slopes, as "
                  "ReLU: give yours `static constexpr Slopes slopes()`");
    if constexpr (requires { activation.validate(); }) activation.validate();
    const Slopes slopes = activation.slopes();
    if (!(slopes.least >= 0 && slopes.largest <= 1))
      detail::fail(name(inputs, outputs), "an activation with slopes from 0 to 1",
                   detail::format_message("{} to {}", {slopes.least, slopes.largest}));
  }

  Index inputs() const { return inputs_; }
  Index outputs() const { return weight_.outputs(); }

  void declare(auto& d) const {
    weight_.declare(d);
    d.gain("psi", outputs(), 1);
    d.bias("bias", outputs(), 1);
  }

  const Activation& activation() const { return activation_; }

  Index kept(Index samples) const { return kept_of<float>(samples); }
  template <Scalar S>
  Index kept_of(Index n) const {
    return places<S>(n).end;
  }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    const Index n = x.cols(), out = outputs();
    const Places at = places<S>(n);
    weight_.prepare(call);
    fill_factors(call, at);
    S *const u = call.kept + at.before, *const z = call.kept + at.after;
    detail::multiply_weight<WeightMatrix<S>>(inputs_, out, n, call.kept + at.first, x.data(),
                                             call.value(bias_at), u);
    const Eigen::Map<const Matrix<S>> before(u, out, n);
    activation_.forward(before, detail::BatchMap<S>(z, out, n));
    detail::multiply_weight<WeightMatrix<S>>(out, out, n, call.kept + at.second, z,
                                             static_cast<const S*>(nullptr), y.data());
  }

  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    const Index n = x.cols(), out = outputs();
    const Places at = places<S>(n);
    S *const du = call.kept + at.gradient, *const first = call.kept + at.first;
    S *const second = call.kept + at.second, *const d_first = call.kept + at.d_first;
    S* const d_second = call.kept + at.d_second;
    const Eigen::Map<const Matrix<S>> before(call.kept + at.before, out, n),
        after(call.kept + at.after, out, n);
    detail::weight_gradient<WeightMatrix<S>>(out, out, n, dy.data(), after.data(), d_second);
    detail::input_gradient<WeightMatrix<S>>(out, out, n, second, dy.data(), du);
    detail::BatchMap<S> gradient(du, out, n);
    activation_.backward(before, after, gradient, gradient);
    ArrayMap<S>(call.gradient(bias_at), out) = gradient.rowwise().sum().array();
    detail::weight_gradient<WeightMatrix<S>>(inputs_, out, n, du, x.data(), d_first);
    pull_back_factors(call, at);
    weight_.pull_back(call);
    if (dx.data()) detail::input_gradient<WeightMatrix<S>>(inputs_, out, n, first, du, dx.data());
  }

  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    weight_.initialize(init, call, inputs_, outputs(), rng);
    std::fill_n(call.buffer(psi_at), outputs(), S(0));
    detail::initialize_bias(init, call.buffer(bias_at), outputs(), inputs_, rng);
  }

  /// As two dense layers around the activation.
  void write_code(auto& out) const {
    const auto both = out.weight("weight"), psi = out.parameter("psi");
    auto first = both.rightCols(inputs_).eval();
    auto second = both.leftCols(outputs()).transpose().eval();
    for (Index j = 0; j < outputs(); ++j)
      first.row(j) *= detail::sandwich_rise(-psi(j)), second.col(j) *= detail::sandwich_rise(psi(j));
    out.dense(first, out.parameter("bias"));
    activation_.write_code(out);
    out.dense(second, {});
  }

  bool operator==(const Sandwich&) const = default;

 private:
  using WeightType = Weight<Dynamic, Dynamic, detail::CayleyMap>;
  static constexpr Index psi_at = WeightType::parameters, bias_at = psi_at + 1;

  /// Where numbers stand that are kept: [A B]; first = sqrt(2) Psi^-1 B and second = sqrt(2) A' Psi, and
  /// their gradients; what the activation is of, and its outputs; and their gradient.
  struct Places {
    Index first, second, d_first, d_second, before, after, gradient, end;
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
    const Index out = outputs();
    at.first = next(out * inputs_), at.second = next(out * out);
    at.d_first = next(out * inputs_), at.d_second = next(out * out);
    at.before = next(out * n), at.after = next(out * n), at.gradient = next(out * n);
    at.end = end;
    return at;
  }

  template <Scalar S>
  void fill_factors(const Call<S>& call, const Places& at) const {
    const Index out = outputs();
    for (Index j = 0; j < out; ++j) {
      const S* const row = call.kept + j * (out + inputs_);
      const S up = detail::sandwich_rise(call.value(psi_at)[j]),
              down = detail::sandwich_rise(-call.value(psi_at)[j]);
      for (Index i = 0; i < out; ++i) call.kept[at.second + i * out + j] = up * row[i];
      for (Index i = 0; i < inputs_; ++i) call.kept[at.first + j * inputs_ + i] = down * row[out + i];
    }
  }

  /// From the gradients of both factors to those of psi and of [A B].
  template <Scalar S>
  void pull_back_factors(const Call<S>& call, const Places& at) const {
    const Index out = outputs();
    for (Index j = 0; j < out; ++j) {
      S* const row = call.gradient(0) + j * (out + inputs_);
      const S up = detail::sandwich_rise(call.value(psi_at)[j]),
              down = detail::sandwich_rise(-call.value(psi_at)[j]);
      S sum = 0;
      for (Index i = 0; i < out; ++i) {
        const S d = call.kept[at.d_second + i * out + j];
        row[i] = up * d, sum += d * call.kept[at.second + i * out + j];
      }
      for (Index i = 0; i < inputs_; ++i) {
        const S d = call.kept[at.d_first + j * inputs_ + i];
        row[out + i] = down * d, sum -= d * call.kept[at.first + j * inputs_ + i];
      }
      call.gradient(psi_at)[j] = sum;
    }
  }

  /// The name of the layer in messages. Throws unless its sizes make sense.
  static std::string name(Index inputs, Index outputs) {
    if (inputs < 1 || outputs < 1)
      detail::fail<ShapeError>("Sandwich", "at least 1 input and 1 output",
                               detail::format_message("{} -> {}", {inputs, outputs}));
    return detail::format_message("Sandwich({}, {})", {inputs, outputs});
  }

  Index inputs_;
  WeightType weight_;
  Activation activation_;
};

template <std::integral I, std::integral J>
Sandwich(I, J) -> Sandwich<>;
template <std::integral I, std::integral J, class A>
Sandwich(I, J, const A&) -> Sandwich<A>;

}  // namespace espalier
