// SPDX-License-Identifier: MIT
// Softmax: outputs that are the probabilities of classes.
#pragma once

#include "espalier/layer/layer.hpp"
#include "espalier/layer/norm_bounds.hpp"

namespace espalier {

/// y_k = e^(x_k) / sum_j e^(x_j) for each sample, stable for any finite x. Meant for inference: CrossEntropy
/// takes logits, and trains better without it.
struct Softmax {
  static constexpr bool by_sample = true;

  void forward(const auto& x, auto&& y) const {
    for (Index i = 0; i < x.cols(); ++i) {
      y.col(i).array() = (x.col(i).array() - x.col(i).maxCoeff()).exp();
      y.col(i) /= y.col(i).sum();
    }
  }
  /// dx = y (dy - <dy, y>) for each sample.
  void backward(const auto&, const auto& y, const auto& dy, auto&& dx) const {
    for (Index i = 0; i < y.cols(); ++i)
      dx.col(i).array() = y.col(i).array() * (dy.col(i).array() - dy.col(i).dot(y.col(i)));
  }

  /// Its derivative diag(y) - y y' is symmetric, with 2 y_k (1 - y_k) <= 1/2 as the sum of magnitudes of row
  /// k.
  static constexpr NormBounds norm_bounds() { return {0.5, 0.5, 0.5}; }

  void write_code(auto& out) const { out.softmax(); }

  bool operator==(const Softmax&) const = default;
};

}  // namespace espalier
