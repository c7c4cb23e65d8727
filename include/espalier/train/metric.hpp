// SPDX-License-Identifier: MIT
// Metrics: what people read, where the loss is what training reads. Every sample counts once; weights are for
// losses.
#pragma once

#include <cmath>

#include "espalier/train/confusion.hpp"

namespace espalier {

/// The share of samples whose class is right, from logits (outputs x samples); classes as in `confusion`.
template <class Y>
double accuracy(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  Index correct = 0;
  detail::for_each_decision<typename Y::Scalar>(
      "accuracy", outputs.derived(), target,
      [&](Index actual, Index predicted) { correct += actual == predicted ? 1 : 0; });
  return static_cast<double>(correct) / static_cast<double>(outputs.cols());
}

/// The root of the mean squared error over all outputs and samples.
template <class Y>
double rmse(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  const ConstBatch<typename Y::Scalar> y(outputs.derived());
  detail::check_values("rmse", y, target);
  return std::sqrt(
      (y.template cast<double>() - target.values().template cast<double>()).array().square().mean());
}

/// The mean absolute error over all outputs and samples.
template <class Y>
double mae(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  const ConstBatch<typename Y::Scalar> y(outputs.derived());
  detail::check_values("mae", y, target);
  return (y.template cast<double>() - target.values().template cast<double>()).array().abs().mean();
}

/// The coefficient of determination 1 - sum (y - t)^2 / sum (t - mean t)^2 of each output, averaged over the
/// outputs. Where the targets of an output are all equal, it is 1 for a perfect prediction and 0 otherwise
/// (as in scikit-learn).
template <class Y>
double r2(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  const ConstBatch<typename Y::Scalar> y(outputs.derived());
  detail::check_values("r2", y, target);
  double sum = 0;
  for (Index k = 0; k < y.rows(); ++k) {
    const Eigen::ArrayXd t = target.values().row(k).template cast<double>();
    const double missed = (y.row(k).template cast<double>().transpose().array() - t).square().sum();
    if (t.maxCoeff() == t.minCoeff())
      sum += missed == 0 ? 1 : 0;
    else
      sum += 1 - missed / (t - t.mean()).square().sum();
  }
  return sum / static_cast<double>(y.rows());
}

}  // namespace espalier
