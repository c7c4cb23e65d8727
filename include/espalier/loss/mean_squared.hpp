// SPDX-License-Identifier: MIT
// The mean squared error, for regression.
#pragma once

#include "espalier/loss/loss.hpp"

namespace espalier {

/// The mean of (y - t)^2 over all outputs and samples (torch.nn.MSELoss). Targets are values.
struct MeanSquared {
  static constexpr std::string_view name = "MeanSquared";

  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t) const {
    return run<typename Y::Scalar>(y, t, nullptr);
  }
  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t,
                    Matrix<typename Y::Scalar>& gradient) const {
    return run<typename Y::Scalar>(y, t, &gradient);
  }

  bool operator==(const MeanSquared&) const = default;

 private:
  template <Scalar S>
  double run(const ConstBatch<S>& outputs, const Target<S>& target, Matrix<S>* gradient) const;
};

// Outside its class it is not inline, so that a library can hold it (compiled.hpp).
template <Scalar S>
double MeanSquared::run(const ConstBatch<S>& outputs, const Target<S>& target, Matrix<S>* gradient) const {
  detail::check_values(name, outputs, target);
  return detail::mean_over_elements(
      name, outputs, target, gradient,
      [](const auto& y, const auto& t) { return (y - t).template cast<double>().square(); },
      [](const auto& y, const auto& t) { return S(2) * (y - t); });
}

}  // namespace espalier
