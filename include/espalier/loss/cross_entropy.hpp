// SPDX-License-Identifier: MIT
// The cross-entropy of several classes, from logits.
#pragma once

#include <span>
#include <vector>

#include "espalier/core/outputs.hpp"
#include "espalier/loss/loss.hpp"

namespace espalier {

/// l_i = sum_c v_c q_ic (-log p_ic), with p = softmax(y), class weights v (1 if `class_weights` is empty) and
/// target q: a label's unit vector, or probabilities (>= 0, with a sum within 1e-3 of 1). Label smoothing
/// mixes q with the uniform distribution: (1 - label_smoothing) q + label_smoothing / classes.
///
/// As in torch.nn.CrossEntropyLoss the class weights enter the mean for labels only: the value is
///   sum_i w_i l_i / sum_i w_i v_label(i)   for labels,      sum_i w_i l_i / sum_i w_i   for probabilities,
/// w_i being the weights of the samples. Stable for any finite logits, by the shifted log-sum-exp.
struct CrossEntropy {
  double label_smoothing = 0;
  std::vector<double> class_weights{};

  static constexpr std::string_view name = "CrossEntropy";

  void validate() const {
    detail::check_fraction(name, "label_smoothing", label_smoothing);
    for (std::size_t c = 0; c < class_weights.size(); ++c)
      if (!(class_weights[c] >= 0) || !std::isfinite(class_weights[c]))
        detail::fail(name, {"class_weights[{}] >= 0 and finite", {c}}, class_weights[c]);
  }
  void describe(auto&& f) const { f("label_smoothing", label_smoothing), f("class_weights", class_weights); }

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

  /// The denominator of the mean. ValueError for a label without a class weight and for weights that make no
  /// sense.
  template <Scalar S>
  double total_weight(const Target<S>& t) const {
    if (class_weights.empty() || !t.has_labels())
      return detail::sum_weights(name, t, [](Index) { return 1.0; });
    validate();
    detail::check_labels(name, t.labels(), static_cast<Index>(class_weights.size()));
    return detail::sum_weights(name, t, [&](Index i) { return weight(label(t, i)); });
  }

  bool operator==(const CrossEntropy&) const = default;

 private:
  template <class Y>
  static void check_logits() {
    static_assert(!detail::outputs_of<Y, Softmax>,
                  "CrossEntropy takes logits: leave Softmax out of the model that you train");
  }

  template <Scalar S>
  double run(const ConstBatch<S>& y, const Target<S>& t, Matrix<S>* gradient) const;

  /// f(c, v_c q_ic) for the classes where it is not 0.
  template <Scalar S, class F>
  void for_each_class(const Target<S>& t, Index i, Index classes, const F& f) const {
    if (t.has_labels() && label_smoothing == 0) {
      if (weight(label(t, i)) > 0) f(label(t, i), weight(label(t, i)));
      return;
    }
    const double uniform = label_smoothing / static_cast<double>(classes);
    for (Index c = 0; c < classes; ++c) {
      const double given =
          t.has_labels() ? (c == label(t, i) ? 1 : 0) : static_cast<double>(t.values()(c, i));
      const double q = weight(c) * ((1 - label_smoothing) * given + uniform);
      if (q > 0) f(c, q);
    }
  }

  template <Scalar S>
  static Index label(const Target<S>& t, Index i) {
    return t.labels()[static_cast<std::size_t>(i)];
  }
  double weight(Index c) const {
    return class_weights.empty() ? 1 : class_weights[static_cast<std::size_t>(c)];
  }

  /// A label beyond the outputs: most often there are too few of these.
  static void check_outputs(std::span<const int> labels, Index outputs) {
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (labels[i] >= outputs)
        detail::fail(name,
                     {"an output for each class, at least {} for the label {} of sample {} (counted from 0)",
                      {long{labels[i]} + 1, labels[i], i}},
                     detail::format_message("{} outputs", {outputs}));
    detail::check_labels(name, labels, outputs);
  }

  template <Scalar S>
  void check(const ConstBatch<S>& y, const Target<S>& t) const;
};

// Outside its class it is not inline, so that a library can hold it (compiled.hpp).
template <Scalar S>
double CrossEntropy::run(const ConstBatch<S>& y, const Target<S>& t, Matrix<S>* gradient) const {
  check(y, t);
  const double total = detail::check_total(name, total_weight(t));
  return detail::mean_over_samples(y, t, total, gradient, [&](Index i, double scale, S* g) {
    const ConstArrayMap<S> logits(y.col(i).data(), y.rows());
    const S top = logits.maxCoeff();
    const double sum = detail::sum((logits - top).exp()), log_sum = std::log(sum);
    double loss = 0, mass = 0;
    for_each_class(t, i, y.rows(), [&](Index c, double q) {
      loss += q * (log_sum - (static_cast<double>(logits[c]) - static_cast<double>(top)));
      mass += q;
    });
    if (g && !(mass > 0)) ArrayMap<S>(g, y.rows()).setZero();
    if (g && mass > 0) {
      ArrayMap<S>(g, y.rows()) = static_cast<S>(scale * mass / sum) * (logits - top).exp();
      for_each_class(t, i, y.rows(), [&](Index c, double q) { g[c] -= static_cast<S>(scale * q); });
    }
    return loss;
  });
}

template <Scalar S>
void CrossEntropy::check(const ConstBatch<S>& y, const Target<S>& t) const {
  validate();
  detail::check_samples(name, y, t);
  if (y.rows() < 2)
    detail::fail<ShapeError>(
        name,
        "an output for each of at least 2 classes (BinaryCrossEntropy takes one; a regression has "
        "MeanSquared)",
        y.rows());
  if (!class_weights.empty() && static_cast<Index>(class_weights.size()) != y.rows())
    detail::fail<ShapeError>(name, {"a class weight for each of {} outputs", {y.rows()}},
                             detail::format_message("{} class weights", {class_weights.size()}));
  if (t.has_labels()) return check_outputs(t.labels(), y.rows());
  detail::check_values(name, y, t, "labels, or probabilities");
  for (Index i = 0; i < y.cols(); ++i) {
    const ConstArrayMap<S> q(t.values().col(i).data(), y.rows());
    for (Index c = 0; c < y.rows(); ++c)
      if (!(q[c] >= 0))
        detail::fail(
            name,
            {"a probability >= 0 for class {} of sample {} (counted from 0; a regression has MeanSquared)",
             {c, i}},
            q[c]);
    const double sum = q.template cast<double>().sum();
    if (!(std::abs(sum - 1) <= 1e-3))
      detail::fail(
          name,
          {"probabilities with the sum 1 for sample {} (counted from 0; a regression has MeanSquared)", {i}},
          sum);
  }
}

}  // namespace espalier
