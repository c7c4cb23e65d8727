// SPDX-License-Identifier: MIT
// The cross-entropy of yes and no, from logits: one output, or several independent ones.
#pragma once

#include "espalier/core/outputs.hpp"
#include "espalier/loss/loss.hpp"

namespace espalier {

/// The mean over all outputs and samples of -p t log s(y) - (1 - t) log(1 - s(y)), with s the logistic
/// function and p `positive_weight` (torch.nn.BCEWithLogitsLoss; p does not enter the mean). Targets are
/// values from 0 to 1, or labels 0 and 1 if there is one output. Stable for any finite logits.
struct BinaryCrossEntropy {
  double positive_weight = 1;

  static constexpr std::string_view name = "BinaryCrossEntropy";

  void validate() const { detail::check_positive_float(name, "positive_weight", positive_weight); }

  void describe(auto&& f) const { f("positive_weight", positive_weight); }

  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t) const {
    check_logits<Y>();
    return run<typename Y::Scalar>(y, t, nullptr);
  }
  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t,
                    Matrix<typename Y::Scalar>& gradient) const {
    check_logits<Y>();
    return run<typename Y::Scalar>(y, t, &gradient);
  }

  bool operator==(const BinaryCrossEntropy&) const = default;

 private:
  template <class Y>
  static void check_logits() {
    static_assert(!detail::outputs_of<Y, Sigmoid>,
                  "BinaryCrossEntropy takes logits: leave Sigmoid out of the model that you train");
  }

  template <Scalar S>
  double run(const ConstBatch<S>& outputs, const Target<S>& target, Matrix<S>* gradient) const;

  template <Scalar S>
  void check(const ConstBatch<S>& y, const Target<S>& t) const {
    validate();
    detail::check_samples(name, y, t);
    if (t.has_labels() && y.rows() == 1) return detail::check_labels(name, t.labels(), 2);
    if (t.has_labels())
      detail::fail<ShapeError>(name, "one output for class labels (CrossEntropy takes one for each class)",
                               detail::format_message("{} outputs", {y.rows()}));
    detail::check_values(name, y, t, y.rows() == 1 ? "labels or values from 0 to 1" : "values from 0 to 1");
    for (Index i = 0; i < y.cols(); ++i)
      for (Index k = 0; k < y.rows(); ++k)
        if (const S value = t.values()(k, i); !(value >= 0 && value <= 1))
          detail::fail(name, {"a value from 0 to 1 for output {} of sample {} (counted from 0)", {k, i}},
                       value);
  }
};

// Outside its class it is not inline, so that a library can hold it (compiled.hpp).
template <Scalar S>
double BinaryCrossEntropy::run(const ConstBatch<S>& outputs, const Target<S>& target,
                               Matrix<S>* gradient) const {
  check(outputs, target);
  const S p = static_cast<S>(positive_weight);
  // -log s(y) = max(-y, 0) + log(1 + e^-|y|): nothing overflows, and no small loss is a difference of
  // large numbers.
  return detail::mean_over_elements(
      name, outputs, target, gradient,
      [this]<class Y>(const Y& y, const auto& t) {
        using T = typename Y::Scalar;
        const T weight = static_cast<T>(positive_weight);
        return weight * t * (-y).max(T(0)) + (1 - t) * y.max(T(0)) +
               (weight * t + (1 - t)) * (-y.abs()).exp().log1p();
      },
      [p](const auto& y, const auto& t) { return (1 - t) / (1 + (-y).exp()) - p * t / (1 + y.exp()); });
}

}  // namespace espalier
