// SPDX-License-Identifier: MIT
// The Huber loss: squared near the target, absolute far from it.
#pragma once

#include <algorithm>

#include "espalier/loss/loss.hpp"

namespace espalier {

/// The mean over all outputs and samples of d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2)
/// (Huber 1964; torch.nn.HuberLoss), d being y - t. Targets are values.
struct Huber {
  double delta = 1;

  static constexpr std::string_view name = "Huber";

  void validate() const { detail::check_positive(name, "delta", delta); }
  void describe(auto&& f) const { f("delta", delta); }

  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t) const {
    return run<typename Y::Scalar>(y, t, nullptr);
  }
  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t,
                    Matrix<typename Y::Scalar>& gradient) const {
    return run<typename Y::Scalar>(y, t, &gradient);
  }

  bool operator==(const Huber&) const = default;

 private:
  template <Scalar S>
  double run(const ConstBatch<S>& outputs, const Target<S>& target, Matrix<S>* gradient) const;
};

// Outside its class it is not inline, so that a library can hold it (compiled.hpp).
template <Scalar S>
double Huber::run(const ConstBatch<S>& outputs, const Target<S>& target, Matrix<S>* gradient) const {
  validate();
  detail::check_values(name, outputs, target);
  // With near = min(|d|, delta) both cases are one formula.
  auto loss = [this](auto d) {
    const double size = std::abs(static_cast<double>(d)), near = std::min(size, delta);
    return near * (size - near / 2);
  };
  return detail::mean_over_elements(
      name, outputs, target, gradient, [&](const auto& y, const auto& t) { return (y - t).unaryExpr(loss); },
      [this](const auto& y, const auto& t) {
        return (y - t).max(static_cast<S>(-delta)).min(static_cast<S>(delta));
      });
}

}  // namespace espalier
