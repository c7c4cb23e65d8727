// SPDX-License-Identifier: MIT
// Metrics: what people read, where the loss is what training reads. Every sample counts once; weights are for
// losses.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "espalier/metric/confusion.hpp"

namespace espalier {

/// The share of samples whose class is right, from logits (outputs x samples); classes as in `confusion`.
/// Where a sample may have several labels, take label_accuracy or exact_match.
template <class Y>
double accuracy(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target,
                const DecisionOptions& options = {}) {
  Index correct = 0;
  detail::for_each_decision<typename Y::Scalar>(
      "accuracy", outputs.derived(), target, options,
      [&](Index actual, Index predicted) { correct += actual == predicted ? 1 : 0; });
  return static_cast<double>(correct) / static_cast<double>(outputs.cols());
}

namespace detail {

/// f(number of outputs of a sample that are right) for each sample, each output being a label of its own: yes
/// where it is > the threshold, to be compared with a value from 0 to 1, yes where that is > 0.5.
template <Scalar S, class F>
void for_each_labeled(std::string_view where, const ConstBatch<S>& y, const Target<S>& t,
                      const DecisionOptions& options, const F& f) {
  const double threshold = threshold_of(where, options, 1);  // of each output alone
  check_values(where, y, t, "values from 0 to 1, one for each label,");
  for (Index i = 0; i < y.cols(); ++i) {
    const S *outputs = y.col(i).data(), *targets = t.values().col(i).data();
    Index right = 0;
    for (Index k = 0; k < y.rows(); ++k) {
      check_class(where, targets + k, 1, i);
      right += class_of(where, outputs + k, 1, threshold, i) == class_of(where, targets + k, 1, 0.5, i);
    }
    f(right);
  }
}

}  // namespace detail

/// The share of labels that are right, over all outputs and samples, where each output is a yes or no of its
/// own (BinaryCrossEntropy): one minus the Hamming loss. Targets are values, outputs x samples, yes where
/// > 0.5; an output says yes where it is > the threshold.
template <class Y>
double label_accuracy(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target,
                      const DecisionOptions& options = {}) {
  Index right = 0;
  detail::for_each_labeled<typename Y::Scalar>("label_accuracy", outputs.derived(), target, options,
                                               [&](Index labels) { right += labels; });
  return static_cast<double>(right) / static_cast<double>(outputs.size());
}

/// The share of samples all of whose labels are right; labels as in `label_accuracy`.
template <class Y>
double exact_match(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target,
                   const DecisionOptions& options = {}) {
  Index right = 0;
  detail::for_each_labeled<typename Y::Scalar>("exact_match", outputs.derived(), target, options,
                                               [&](Index labels) { right += labels == outputs.rows(); });
  return static_cast<double>(right) / static_cast<double>(outputs.cols());
}

namespace detail {

/// The power of two at the size of the largest number: divided by it, squares neither overflow nor vanish.
inline double unit_of(double largest) {
  using Limits = std::numeric_limits<double>;
  if (!(largest > 0) || !std::isfinite(largest)) return 1;
  return std::ldexp(1.0, std::clamp(std::ilogb(largest), Limits::min_exponent, Limits::max_exponent - 2));
}

/// A unit, and the mean of f((y - t) / unit) over all outputs and samples.
template <Scalar S, class F>
std::pair<double, double> mean_error(std::string_view where, const ConstBatch<S>& y, const Target<S>& t,
                                     const F& f) {
  check_values(where, y, t);
  const auto error = [&](Index k, Index i) {
    return static_cast<double>(y(k, i)) - static_cast<double>(t.values()(k, i));
  };
  double largest = 0, sum = 0;
  for (Index i = 0; i < y.cols(); ++i)
    for (Index k = 0; k < y.rows(); ++k) largest = std::fmax(largest, std::abs(error(k, i)));
  const double unit = unit_of(largest);
  for (Index i = 0; i < y.cols(); ++i)
    for (Index k = 0; k < y.rows(); ++k) sum += f(error(k, i) / unit);
  return {unit, sum / static_cast<double>(y.size())};
}

}  // namespace detail

/// The root of the mean squared error over all outputs and samples.
template <class Y>
double rmse(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  const auto [unit, mean] = detail::mean_error<typename Y::Scalar>(
      "rmse", outputs.derived(), target, [](double error) { return error * error; });
  return unit * std::sqrt(mean);
}

/// The mean absolute error over all outputs and samples.
template <class Y>
double mae(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  const auto [unit, mean] = detail::mean_error<typename Y::Scalar>(
      "mae", outputs.derived(), target, [](double error) { return std::abs(error); });
  return unit * mean;
}

/// The coefficient of determination 1 - sum (y - t)^2 / sum (t - mean t)^2 of each output, averaged over the
/// outputs. Where the targets of an output are all equal, it is 1 for a perfect prediction and 0 otherwise
/// (as in scikit-learn). The unit of the targets does not matter.
template <class Y>
double r2(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  const ConstBatch<typename Y::Scalar> y(outputs.derived());
  detail::check_values("r2", y, target);
  double total = 0;
  for (Index k = 0; k < y.rows(); ++k) {
    auto t = [&](Index i) { return static_cast<double>(target.values()(k, i)); };
    double largest = 0, mean = 0, missed = 0, spread = 0;
    bool constant = true;  // asked of the targets themselves: the rounded mean may differ from all of them
    bool met = true;
    for (Index i = 0; i < y.cols(); ++i) {
      largest = std::fmax(largest, std::abs(t(i)));
      constant = constant && t(i) == t(0);
      met = met && static_cast<double>(y(k, i)) == t(i);
    }
    const double unit = detail::unit_of(largest);
    for (Index i = 0; i < y.cols(); ++i) mean += t(i) / unit / static_cast<double>(y.cols());
    for (Index i = 0; i < y.cols(); ++i) {
      const double error = static_cast<double>(y(k, i)) / unit - t(i) / unit, apart = t(i) / unit - mean;
      missed += error * error;
      spread += apart * apart;
    }
    total += constant ? (met ? 1 : 0) : 1 - missed / spread;
  }
  return total / static_cast<double>(y.rows());
}

}  // namespace espalier
