// SPDX-License-Identifier: MIT
// The mean absolute error, for regression that outliers should not rule.
#pragma once

#include "espalier/loss/loss.hpp"

namespace espalier {

/// The mean of |y - t| over all outputs and samples (torch.nn.L1Loss); the gradient is 0 where y = t. Targets
/// are values.
struct MeanAbsolute {
  static constexpr std::string_view name = "MeanAbsolute";

  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t) const {
    return run<typename Y::Scalar>(y, t, nullptr);
  }
  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t,
                    Matrix<typename Y::Scalar>& gradient) const {
    return run<typename Y::Scalar>(y, t, &gradient);
  }

  bool operator==(const MeanAbsolute&) const = default;

 private:
  template <Scalar S>
  double run(const ConstBatch<S>& outputs, const Target<S>& target, Matrix<S>* gradient) const;
};

// Outside its class it is not inline, so that a library can hold it (compiled.hpp).
template <Scalar S>
double MeanAbsolute::run(const ConstBatch<S>& outputs, const Target<S>& target, Matrix<S>* gradient) const {
  detail::check_values(name, outputs, target);
  return detail::mean_over_elements(
      name, outputs, target, gradient, [](const auto& y, const auto& t) { return (y - t).abs(); },
      [](const auto& y, const auto& t) { return (y - t).sign(); });
}

}  // namespace espalier
