// SPDX-License-Identifier: MIT
// Weights divided by an estimate of their 2-norm, as PyTorch's spectral_norm.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/kernel/norm.hpp"

namespace espalier {

/// W = P / sigma, sigma = u' P v, of two unit vectors that are kept: before each forward pass of training
/// they move by `iterations` steps of the power method, u = P v / |P v|, v = P' u / |P' u| (Miyato et al.
/// 2018; torch.nn.utils.parametrizations.spectral_norm, with its gradient, in which u and v are constants,
/// and its 15 steps at the start). Elsewhere they stay. It is no certificate: sigma is at most the norm, so
/// that norm(W)_2 >= 1, and how much larger it is nobody knows. SpectralRescaled proves norm(W)_2 <= 1, and
/// SpectralBall keeps it. The vectors are the buffer "vectors", u and then v; they start from fixed numbers
/// where PyTorch's are random. Where P is zero, W is.
struct SpectralNormalized {
  int iterations = 1;

  static constexpr std::string_view name = "SpectralNormalized";
  static constexpr std::string_view beside_name = "vectors";
  static constexpr bool trains_beside = false;

  Index beside(Index rows, Index cols) const { return rows + cols; }

  template <Scalar S>
  void weight(Block<const S> p, ConstArrayMap<S> vectors, Block<S> w, double*) const {
    const double sigma = sigma_of(p, vectors), inverse = sigma == 0 ? 0 : 1 / sigma;
    for (Index i = 0; i < p.size(); ++i) w.data[i] = static_cast<S>(static_cast<double>(p.data[i]) * inverse);
  }

  /// (dW - <dW, W> u v') / sigma
  template <Scalar S>
  void pull_back(Block<const S> p, ConstArrayMap<S> vectors, Block<const S> w, Block<S> dw, double*) const {
    const double sigma = sigma_of(p, vectors), inverse = sigma == 0 ? 0 : 1 / sigma;
    double along = 0;
    for (Index i = 0; i < p.size(); ++i)
      along += static_cast<double>(dw.data[i]) * static_cast<double>(w.data[i]);
    for (Index j = 0; j < p.rows; ++j)
      for (Index i = 0; i < p.cols; ++i) {
        const double uv = static_cast<double>(vectors[j]) * static_cast<double>(vectors[p.rows + i]);
        dw.row(j)[i] = static_cast<S>((static_cast<double>(dw.row(j)[i]) - along * uv) * inverse);
      }
  }

  template <Scalar S>
  void advance(Block<const S> p, ArrayMap<S> vectors, double*) const {
    for (int k = 0; k < iterations; ++k) iterate(p, vectors);
  }

  /// P = W, for W whose norm is 1 or 0 but for roundings.
  template <Scalar S>
  bool parameter(Block<S> w, ArrayMap<S> vectors, double*) const {
    Rng rng{1};
    for (Index i = 0; i < vectors.size(); ++i) vectors[i] = static_cast<S>(rng.normal());
    for (int k = 0; k < 15; ++k) iterate(Block<const S>(w), vectors);
    const double sigma = sigma_of(Block<const S>(w), ConstArrayMap<S>(vectors.data(), vectors.size()));
    return sigma == 0 || std::abs(sigma - 1) <= 64 * detail::roundoff<S>;
  }

  void validate() const {
    if (iterations < 1) detail::fail(name, "iterations >= 1", iterations);
  }

  void describe(auto&& f) const { f("iterations", static_cast<double>(iterations)); }

  bool operator==(const SpectralNormalized&) const = default;

 private:
  template <Scalar S>
  static double sigma_of(Block<const S> p, const ConstArrayMap<S>& vectors) {
    double sigma = 0;
    for (Index j = 0; j < p.rows; ++j) {
      double sum = 0;
      for (Index i = 0; i < p.cols; ++i)
        sum += static_cast<double>(p.row(j)[i]) * static_cast<double>(vectors[p.rows + i]);
      sigma += sum * static_cast<double>(vectors[j]);
    }
    return sigma;
  }

  template <Scalar S>
  static void iterate(Block<const S> p, ArrayMap<S>& vectors) {
    ArrayMap<S> u(vectors.data(), p.rows), v(vectors.data() + p.rows, p.cols);
    for (Index j = 0; j < p.rows; ++j) u[j] = (ConstArrayMap<S>(p.row(j), p.cols) * v).sum();
    normalize(u);
    v.setZero();
    for (Index j = 0; j < p.rows; ++j) v += u[j] * ConstArrayMap<S>(p.row(j), p.cols);
    normalize(v);
  }
  /// By PyTorch's max(norm, 1e-12).
  template <Scalar S>
  static void normalize(ArrayMap<S>& x) {
    x /= static_cast<S>(std::max(detail::norm(x.data(), x.size()), 1e-12));
  }
};

}  // namespace espalier
