// SPDX-License-Identifier: MIT
// The activations: one function of one number each, and its derivative (as in PyTorch where that has
// options).
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>
#include <type_traits>

#include "espalier/core/check.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/layer/slopes.hpp"

namespace espalier::detail {
template <Scalar S>
struct Gate;
}

/// Eigen's, so that an expression with a Gate takes whole registers.
template <class S>
struct Eigen::internal::functor_traits<espalier::detail::Gate<S>> {
  enum { Cost = 2 * NumTraits<S>::MulCost, PacketAccess = packet_traits<S>::HasCmp };
};

namespace espalier {

namespace detail {

/// The scalar of an Eigen expression, from decltype of a name for it.
template <class X>
using ScalarOf = typename std::remove_cvref_t<X>::Scalar;

/// 1 / (1 + e^-x) of an array, as an expression. (Eigen's logistic() of floats has lost half the digits at x
/// = -9.)
template <class X>
auto logistic(const Eigen::ArrayBase<X>& x) {
  return (1 + (-x).exp()).inverse();
}

/// d where at > 0, else d * otherwise. A compiler would not do it for a register at once, since to multiply
/// might trap.
template <Scalar S>
struct Gate {
  S otherwise;

  S operator()(S d, S at) const { return at > 0 ? d : otherwise * d; }
  template <class P>
  P packetOp(const P& d, const P& at) const {
    using namespace Eigen::internal;
    return pselect(pcmp_lt(pset1<P>(S(0)), at), d, pmul(pset1<P>(otherwise), d));
  }
};

/// dx = dy where v > 0, else dy * otherwise.
template <class V, class DY, class DX>
void gate(const V& v, const DY& dy, DX& dx, ScalarOf<V> otherwise) {
  dx.array() = dy.array().binaryExpr(v.array(), Gate<ScalarOf<V>>{otherwise});
}

}  // namespace detail

/// y = x: the null layer, and the pattern for your own. (dx may be the memory of dy; x and y are at hand in
/// backward.)
struct Identity {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "Identity";

  static constexpr Slopes slopes() { return {1, 1}; }

  void forward(const auto& x, auto&& y) const { y = x; }
  void backward(const auto&, const auto&, const auto& dy, auto&& dx) const { dx = dy; }

  void write_code(auto&) const {}

  bool operator==(const Identity&) const = default;
};

/// y = max(x, 0); the derivative at 0 is 0.
struct ReLU {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "ReLU";

  static constexpr Slopes slopes() { return {0, 1}; }

  void forward(const auto& x, auto&& y) const { y.array() = x.array().max(detail::ScalarOf<decltype(x)>(0)); }
  void backward(const auto&, const auto& y, const auto& dy, auto&& dx) const { detail::gate(y, dy, dx, 0); }

  void write_code(auto& out) const { out.activation(name); }

  bool operator==(const ReLU&) const = default;
};

/// y = x where x > 0, else slope x (Maas et al. 2013).
struct LeakyReLU {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "LeakyReLU";
  double slope = 0.01;

  void validate() const { detail::check_not_negative("LeakyReLU", "slope", slope); }

  Slopes slopes() const { return {std::min(slope, 1.0), std::max(slope, 1.0)}; }

  void forward(const auto& x, auto&& y) const {
    using S = detail::ScalarOf<decltype(x)>;
    y.array() = x.array().max(S(0)) + static_cast<S>(slope) * x.array().min(S(0));
  }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    detail::gate(x, dy, dx, static_cast<detail::ScalarOf<decltype(x)>>(slope));
  }

  void describe(auto&& f) const { f("slope", slope); }
  void write_code(auto& out) const { out.activation(name, slope); }

  bool operator==(const LeakyReLU&) const = default;
};

/// y = x where x > 0, else alpha (e^x - 1) (Clevert et al. 2016).
struct ELU {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "ELU";
  double alpha = 1;

  void validate() const { detail::check_not_negative("ELU", "alpha", alpha); }

  Slopes slopes() const { return {0, std::max(alpha, 1.0)}; }

  void forward(const auto& x, auto&& y) const {
    using S = detail::ScalarOf<decltype(x)>;
    y.array() = x.array().max(S(0)) + static_cast<S>(alpha) * x.array().min(S(0)).expm1();
  }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    using S = detail::ScalarOf<decltype(x)>;
    const S a = static_cast<S>(alpha);
    dx.array() = dy.array() * x.array().unaryExpr([a](S at) { return at > 0 ? S(1) : a * std::exp(at); });
  }

  void describe(auto&& f) const { f("alpha", alpha); }
  void write_code(auto& out) const { out.activation(name, alpha); }

  bool operator==(const ELU&) const = default;
};

/// y = x Phi(x), Phi the standard normal distribution function (Hendrycks & Gimpel 2016; exact, not the tanh
/// form).
struct GELU {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "GELU";

  /// At x = -sqrt(2) and sqrt(2), where the second derivative (2 - x^2) phi(x) is zero; rounded outwards.
  static constexpr Slopes slopes() { return {-0.1289042, 1.1289042}; }

  void forward(const auto& x, auto&& y) const {
    using S = detail::ScalarOf<decltype(x)>;
    y.array() = x.array().unaryExpr([](S at) { return at * phi(at); });
  }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    using S = detail::ScalarOf<decltype(x)>;
    const S density = static_cast<S>(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
    dx.array() = dy.array() * x.array().unaryExpr([density](S at) {
      return phi(at) + at * density * std::exp(-at * at / 2);
    });
  }

  void write_code(auto& out) const { out.activation(name); }

  bool operator==(const GELU&) const = default;

 private:
  /// By erfc, which keeps its digits far in the negative tail.
  template <Scalar S>
  static S phi(S x) {
    return std::erfc(-x / std::numbers::sqrt2_v<S>) / 2;
  }
};

/// y = x s(x), s the logistic function (Elfwing et al. 2018; also called swish).
struct SiLU {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "SiLU";

  /// At x = -2.39936 and 2.39936, where x tanh(x / 2) = 2; rounded outwards.
  static constexpr Slopes slopes() { return {-0.0998394, 1.0998394}; }

  void forward(const auto& x, auto&& y) const { y.array() = x.array() * detail::logistic(x.array()); }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    // 1 - s(x) is s(-x): no difference, so that large x keep their digits.
    dx.array() = dy.array() * detail::logistic(x.array()) * (1 + x.array() * detail::logistic(-x.array()));
  }

  void write_code(auto& out) const { out.activation(name); }

  bool operator==(const SiLU&) const = default;
};

/// y = tanh(x).
struct Tanh {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "Tanh";

  static constexpr Slopes slopes() { return {0, 1}; }

  void forward(const auto& x, auto&& y) const { y.array() = x.array().tanh(); }
  void backward(const auto&, const auto& y, const auto& dy, auto&& dx) const {
    dx.array() = dy.array() * (1 - y.array().square());
  }

  void write_code(auto& out) const { out.activation(name); }

  bool operator==(const Tanh&) const = default;
};

/// y = 1 / (1 + e^-x). With a cross-entropy leave it out: those losses take logits.
struct Sigmoid {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "Sigmoid";

  static constexpr Slopes slopes() { return {0, 0.25}; }

  void forward(const auto& x, auto&& y) const { y.array() = detail::logistic(x.array()); }
  void backward(const auto&, const auto& y, const auto& dy, auto&& dx) const {
    dx.array() = dy.array() * y.array() * (1 - y.array());
  }

  void write_code(auto& out) const { out.activation(name); }

  bool operator==(const Sigmoid&) const = default;
};

/// y = log(1 + e^(beta x)) / beta, at all x (PyTorch replaces it by x where beta x > 20, which differs by <
/// 3e-9 / beta).
struct Softplus {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "Softplus";
  double beta = 1;

  void validate() const { detail::check_positive("Softplus", "beta", beta); }

  static constexpr Slopes slopes() { return {0, 1}; }

  void forward(const auto& x, auto&& y) const {
    using S = detail::ScalarOf<decltype(x)>;
    const S b = static_cast<S>(beta);
    y.array() = x.array().max(S(0)) + (-b * x.array().abs()).exp().log1p() / b;
  }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    dx.array() = dy.array() * detail::logistic(static_cast<detail::ScalarOf<decltype(x)>>(beta) * x.array());
  }

  void describe(auto&& f) const { f("beta", beta); }
  void write_code(auto& out) const { out.activation(name, beta); }

  bool operator==(const Softplus&) const = default;
};

}  // namespace espalier
