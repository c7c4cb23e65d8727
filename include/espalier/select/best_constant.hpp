// SPDX-License-Identifier: MIT
// The outputs that fit best where nothing is read: one number an output, the same for all samples.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "espalier/loss/binary_cross_entropy.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/loss.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/loss/root_mean_squared.hpp"

namespace espalier::detail {

using Column = Eigen::VectorXd;

/// The gradient of a loss at outputs that are the same for all samples, outputs x samples.
template <class L>
Matrix<double> gradient_at(const L& loss, const Target<double>& t, const Column& constant) {
  Matrix<double> gradient;
  loss(Matrix<double>(constant.replicate(1, t.samples())), t, gradient);
  return gradient;
}

/// Where the slope along each output is 0, by bisection: of a loss that is convex in each output apart, with
/// its best constant between the least and the largest target of that output.
template <class L>
Column bisected_constant(const L& loss, const Target<double>& t, Index outputs) {
  Column low = Column::Zero(outputs), high = Column::Ones(outputs);
  if (!t.has_labels()) low = t.values().rowwise().minCoeff(), high = t.values().rowwise().maxCoeff();
  for (int k = 0; k < 64; ++k) {
    const Column middle = low + (high - low) / 2, slope = gradient_at(loss, t, middle).rowwise().sum();
    for (Index j = 0; j < outputs; ++j) (slope[j] < 0 ? low : high)[j] = middle[j];
  }
  return low + (high - low) / 2;
}

/// The constant outputs with the least loss. Classes and answers that no sample has get the probability
/// 1e-30.
template <class L>
Column best_constant(const L& loss, const Target<double>& t, Index outputs) {
  const auto slope = [&](const auto& of, double at) -> Column {
    return gradient_at(of, t, Column::Constant(outputs, at)).rowwise().sum();
  };
  if constexpr (std::is_same_v<L, MeanSquared> || std::is_same_v<L, RootMeanSquared>) {
    const Column at_0 = slope(MeanSquared{}, 0), at_1 = slope(MeanSquared{}, 1);  // linear
    return (at_0.array() / (at_0 - at_1).array()).matrix();
  } else if constexpr (std::is_same_v<L, BinaryCrossEntropy>) {
    // The slope is no s(y) - yes (1 - s(y)), s the logistic function.
    const double s = 1 / (1 + std::exp(-1.0));
    const Column at_0 = 2 * slope(loss, 0), at_1 = slope(loss, 1);
    const Column yes = (at_1 - s * at_0) / (2 * s - 1), no = yes + at_0;
    return (yes.array().max(0) + 1e-30 * no.array()).log() - (no.array().max(0) + 1e-30 * yes.array()).log();
  } else if constexpr (std::is_same_v<L, CrossEntropy>) {
    // The slope is mass p - q, p the softmax of the outputs, q what is wanted of each class.
    Column one = Column::Zero(outputs);
    one[0] = 1;
    const double n = static_cast<double>(outputs), p = std::exp(1.0) / (std::exp(1.0) + n - 1);
    const Column at_0 = slope(loss, 0), at_1 = gradient_at(loss, t, one).rowwise().sum();
    const double mass = (at_1[0] - at_0[0]) / (p - 1 / n);
    return ((mass / n - at_0.array()).max(0) + 1e-30 * mass).log();
  } else {
    return bisected_constant(loss, t, outputs);
  }
}

}  // namespace espalier::detail
