// SPDX-License-Identifier: MIT
// The root of the mean squared error, for regression whose noise has a scale that nobody knows.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>

#include "espalier/loss/mean_squared.hpp"

namespace espalier {

/// The root of the mean of (y - t)^2 over all outputs and samples of a batch. Its gradient does not depend on
/// the scale of the errors, so that one strength of a penalty suits every noise: with L1 it is the
/// square-root lasso (Belloni, Chernozhukov & Wang 2011). The gradient is 0 where all errors are 0. Targets
/// are values.
///
/// It is no mean over samples: the root of a batch is not that of all data. `fit` minimizes the mean of the
/// roots of batches, which is the loss of all data only with one batch an epoch, and reports it;
/// `evaluate` gives the root over all data.
struct RootMeanSquared {
  static constexpr std::string_view name = "RootMeanSquared";

  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t) const {
    const double root = std::sqrt(MeanSquared{}(y, t));
    return is_far<typename Y::Scalar>(root) ? far<typename Y::Scalar>(y, t, root, nullptr) : root;
  }
  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t,
                    Matrix<typename Y::Scalar>& gradient) const {
    const double root = std::sqrt(MeanSquared{}(y, t, gradient));
    if (is_far<typename Y::Scalar>(root)) return far<typename Y::Scalar>(y, t, root, &gradient);
    gradient *= static_cast<typename Y::Scalar>(0.5 / root);
    return root;
  }

  bool operator==(const RootMeanSquared&) const = default;

 private:
  /// So small or large that squares, or the gradient of their mean, may have left the range of S.
  template <Scalar S>
  static bool is_far(double root) {
    return !(root > (std::same_as<S, float> ? 0x1p-100 : 0x1p-500) && root < 0x1p500);
  }
  template <Scalar S>
  static double far(const ConstBatch<S>& y, const Target<S>& t, double root, Matrix<S>* gradient);
};

// Once more, of errors over the largest. Where that is 0 or not finite, all is as MeanSquared left it.
template <Scalar S>
double RootMeanSquared::far(const ConstBatch<S>& y, const Target<S>& t, double root, Matrix<S>* gradient) {
  const auto error = [&](Index k, Index i) {
    return static_cast<double>(y(k, i)) - static_cast<double>(t.values()(k, i));
  };
  double largest = 0, total = 0, sum = 0;
  const auto each = [&](auto&& f) {
    for (Index i = 0; i < y.cols(); ++i)
      if (const double w = detail::weight_of(t, i); w > 0)
        for (Index k = 0; k < y.rows(); ++k) f(k, i, w);
  };
  each([&](Index k, Index i, double) { largest = std::max(largest, std::abs(error(k, i))); });
  if (!(largest > 0 && std::isfinite(largest)) || root != root) return root;
  each([&](Index k, Index i, double w) { total += w, sum += w * std::pow(error(k, i) / largest, 2); });
  const double scaled = std::sqrt(sum / total);
  if (gradient)
    each([&](Index k, Index i, double w) {
      (*gradient)(k, i) = static_cast<S>(w / total * (error(k, i) / largest) / scaled);
    });
  return largest * scaled;
}

}  // namespace espalier
