// SPDX-License-Identifier: MIT
// Metrics: what people read, where the loss is what training reads. Every sample counts once; weights are for
// losses.
#pragma once

#include <cmath>

#include "espalier/metric/confusion.hpp"

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

namespace detail {

/// The mean of f(y - t) over all outputs and samples.
template <Scalar S, class F>
double mean_error(std::string_view where, const ConstBatch<S>& y, const Target<S>& t, const F& f) {
  check_values(where, y, t);
  double sum = 0;
  for (Index i = 0; i < y.cols(); ++i)
    for (Index k = 0; k < y.rows(); ++k)
      sum += f(static_cast<double>(y(k, i)) - static_cast<double>(t.values()(k, i)));
  return sum / static_cast<double>(y.size());
}

}  // namespace detail

/// The root of the mean squared error over all outputs and samples.
template <class Y>
double rmse(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  return std::sqrt(detail::mean_error<typename Y::Scalar>("rmse", outputs.derived(), target,
                                                          [](double error) { return error * error; }));
}

/// The mean absolute error over all outputs and samples.
template <class Y>
double mae(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  return detail::mean_error<typename Y::Scalar>("mae", outputs.derived(), target,
                                                [](double error) { return std::abs(error); });
}

/// The coefficient of determination 1 - sum (y - t)^2 / sum (t - mean t)^2 of each output, averaged over the
/// outputs. Where the targets of an output are all equal, it is 1 for a perfect prediction and 0 otherwise
/// (as in scikit-learn).
template <class Y>
double r2(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  const ConstBatch<typename Y::Scalar> y(outputs.derived());
  detail::check_values("r2", y, target);
  double total = 0;
  for (Index k = 0; k < y.rows(); ++k) {
    auto t = [&](Index i) { return static_cast<double>(target.values()(k, i)); };
    double mean = 0, missed = 0, spread = 0;
    bool constant = true;  // asked of the targets themselves: the rounded mean may differ from all of them
    for (Index i = 0; i < y.cols(); ++i) mean += t(i) / static_cast<double>(y.cols());
    for (Index i = 0; i < y.cols(); ++i) {
      const double error = static_cast<double>(y(k, i)) - t(i);
      missed += error * error;
      spread += (t(i) - mean) * (t(i) - mean);
      constant = constant && t(i) == t(0);
    }
    constant = constant || spread == 0;  // squares that underflow
    total += constant ? (missed == 0 ? 1 : 0) : 1 - missed / spread;
  }
  return total / static_cast<double>(y.rows());
}

}  // namespace espalier
