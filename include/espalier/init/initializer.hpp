// SPDX-License-Identifier: MIT
// How weights start: variances chosen by fan-in and fan-out so that signals keep their size from layer to
// layer.
#pragma once

#include <cmath>

#include "espalier/core/matrix.hpp"
#include "espalier/core/rng.hpp"

namespace espalier {

/// Fills `w` (out x in). An initializer may also have `bias(Eigen::Map<Vector<S>>& b, fan_in, rng)`; without
/// it biases are 0.
template <class I>
concept Initializer = requires(const I& init, Eigen::Map<WeightMatrix<float>>& w, Index fan, Rng& rng) {
  init(w, fan, fan, rng);
};

namespace detail {

template <class Weights>
void fill_normal(Weights& w, double deviation, Rng& rng) {
  using S = typename Weights::Scalar;
  for (Index j = 0; j < w.rows(); ++j)
    for (Index i = 0; i < w.cols(); ++i) w(j, i) = static_cast<S>(deviation * rng.normal());
}

template <class Weights>
void fill_uniform(Weights& w, double bound, Rng& rng) {
  using S = typename Weights::Scalar;
  for (Index j = 0; j < w.rows(); ++j)
    for (Index i = 0; i < w.cols(); ++i) w(j, i) = static_cast<S>(rng.uniform(-bound, bound));
}

/// Biases of `n` neurons: what the initializer says of them, else 0.
template <class Init, Scalar S>
void initialize_bias(const Init& init, S* bias, Index n, Index fan_in, Rng& rng) {
  Eigen::Map<Vector<S>> numbers(bias, n);
  if constexpr (requires { init.bias(numbers, fan_in, rng); })
    init.bias(numbers, fan_in, rng);
  else
    numbers.setZero();
}

}  // namespace detail

/// Normal, variance 2 / fan_in: for ReLU and its kin (He et al. 2015, eq. 10). Not truncated, as in PyTorch.
struct HeNormal {
  void operator()(auto& w, Index fan_in, Index, Rng& rng) const {
    detail::fill_normal(w, std::sqrt(2.0 / static_cast<double>(fan_in)), rng);
  }
};

/// Uniform with the variance of HeNormal.
struct HeUniform {
  void operator()(auto& w, Index fan_in, Index, Rng& rng) const {
    detail::fill_uniform(w, std::sqrt(6.0 / static_cast<double>(fan_in)), rng);
  }
};

/// Normal, variance 2 / (fan_in + fan_out): for tanh (Glorot & Bengio 2010, eq. 12).
struct GlorotNormal {
  void operator()(auto& w, Index fan_in, Index fan_out, Rng& rng) const {
    detail::fill_normal(w, std::sqrt(2.0 / static_cast<double>(fan_in + fan_out)), rng);
  }
};

/// Uniform with the variance of GlorotNormal (Glorot & Bengio 2010, eq. 16).
struct GlorotUniform {
  void operator()(auto& w, Index fan_in, Index fan_out, Rng& rng) const {
    detail::fill_uniform(w, std::sqrt(6.0 / static_cast<double>(fan_in + fan_out)), rng);
  }
};

/// Normal, variance 1 / fan_in (LeCun et al. 1998, eq. 16).
struct LeCunNormal {
  void operator()(auto& w, Index fan_in, Index, Rng& rng) const {
    detail::fill_normal(w, std::sqrt(1.0 / static_cast<double>(fan_in)), rng);
  }
};

/// Uniform with the variance of LeCunNormal.
struct LeCunUniform {
  void operator()(auto& w, Index fan_in, Index, Rng& rng) const {
    detail::fill_uniform(w, std::sqrt(3.0 / static_cast<double>(fan_in)), rng);
  }
};

/// What torch.nn.Linear does: Kaiming-uniform with a = sqrt(5), which is the bound 1 / sqrt(fan_in), for
/// weights and biases.
struct PyTorchLinear {
  static double bound(Index fan_in) { return 1 / std::sqrt(static_cast<double>(fan_in)); }

  void operator()(auto& w, Index fan_in, Index, Rng& rng) const {
    detail::fill_uniform(w, bound(fan_in), rng);
  }
  void bias(auto& b, Index fan_in, Rng& rng) const { detail::fill_uniform(b, bound(fan_in), rng); }
};

}  // namespace espalier
