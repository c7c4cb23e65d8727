// SPDX-License-Identifier: MIT
// The root of the mean squared error, for regression whose noise has a scale that nobody knows.
#pragma once

#include <cmath>

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
    return std::sqrt(MeanSquared{}(y, t));
  }
  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t,
                    Matrix<typename Y::Scalar>& gradient) const {
    const double root = std::sqrt(MeanSquared{}(y, t, gradient));
    if (root != 0) gradient *= static_cast<typename Y::Scalar>(0.5 / root);
    return root;
  }

  bool operator==(const RootMeanSquared&) const = default;
};

}  // namespace espalier
