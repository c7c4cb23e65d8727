// SPDX-License-Identifier: MIT
// The confusion matrix: which class was taken for which, and the rates that follow from it.
#pragma once

#include <cmath>
#include <vector>

#include "espalier/core/target_check.hpp"

namespace espalier {

/// Counts of samples by actual and predicted class. A rate with the denominator 0 is 0 (precision of a class
/// that was never predicted, recall of one that never occurred, accuracy of nothing). A macro rate is the
/// mean over the classes that occurred or were predicted. Classes outside 0, ..., classes() - 1 throw
/// ValueError.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(Index classes) : classes_(classes) {
    if (classes < 2) detail::fail<ShapeError>("ConfusionMatrix", "at least 2 classes", classes);
    counts_.assign(static_cast<std::size_t>(classes * classes), 0);
  }

  void add(Index actual, Index predicted) { ++counts_[slot(actual, predicted)]; }

  Index classes() const { return classes_; }
  Index counts(Index actual, Index predicted) const { return counts_[slot(actual, predicted)]; }
  Index total() const {
    Index sum = 0;
    for (const Index count : counts_) sum += count;
    return sum;
  }

  double accuracy() const {
    Index correct = 0;
    for (Index c = 0; c < classes_; ++c) correct += counts(c, c);
    return ratio(correct, total());
  }

  /// Of the samples predicted as c, the share that are c.
  double precision(Index c) const { return ratio(counts(c, c), predicted(c)); }
  /// Of the samples that are c, the share predicted as c.
  double recall(Index c) const { return ratio(counts(c, c), actual(c)); }
  /// The harmonic mean of precision and recall.
  double f1(Index c) const { return ratio(2 * counts(c, c), predicted(c) + actual(c)); }

  double macro_precision() const { return macro(&ConfusionMatrix::precision); }
  double macro_recall() const { return macro(&ConfusionMatrix::recall); }
  double macro_f1() const { return macro(&ConfusionMatrix::f1); }

  bool operator==(const ConfusionMatrix&) const = default;

 private:
  std::size_t slot(Index actual, Index predicted) const {
    for (const Index c : {actual, predicted})
      if (c < 0 || c >= classes_)
        detail::fail("ConfusionMatrix", detail::format_message("a class from 0 to {}", {classes_ - 1}), c);
    return static_cast<std::size_t>(actual * classes_ + predicted);
  }
  Index actual(Index c) const {
    Index sum = 0;
    for (Index k = 0; k < classes_; ++k) sum += counts(c, k);
    return sum;
  }
  Index predicted(Index c) const {
    Index sum = 0;
    for (Index k = 0; k < classes_; ++k) sum += counts(k, c);
    return sum;
  }
  static double ratio(Index part, Index whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
  }
  double macro(double (ConfusionMatrix::*rate)(Index) const) const {
    double sum = 0;
    Index seen = 0;
    for (Index c = 0; c < classes_; ++c)
      if (actual(c) + predicted(c) > 0) sum += (this->*rate)(c), ++seen;
    return seen > 0 ? sum / static_cast<double>(seen) : 0;
  }

  Index classes_;
  std::vector<Index> counts_;
};

namespace detail {

/// The class that a column of logits or probabilities names: the first largest; for one number, 1 where it is
/// > threshold.
template <Scalar S>
Index class_of(std::string_view where, const S* column, Index n, S threshold, Index sample) {
  Index best = 0;
  for (Index c = 0; c < n; ++c) {
    if (std::isnan(column[c]))
      fail(where, detail::format_message("numbers for sample {} (counted from 0)", {sample}), column[c]);
    if (column[c] > column[best]) best = c;
  }
  return n == 1 ? Index{column[0] > threshold} : best;
}

/// f(actual, predicted) for each sample, once everything is checked but NaN. One output is a logit for
/// class 1.
template <Scalar S, class F>
void for_each_decision(std::string_view where, const ConstBatch<S>& y, const Target<S>& t, const F& f) {
  check_samples(where, y, t);
  const Index n = y.rows();
  if (t.has_labels())
    check_labels(where, t.labels(), n == 1 ? 2 : n);
  else
    check_values(where, y, t, "labels, or values");
  for (Index i = 0; i < y.cols(); ++i) {
    const Index actual = t.has_labels() ? t.labels()[static_cast<std::size_t>(i)]
                                        : class_of(where, t.values().col(i).data(), n, S(0.5), i);
    f(actual, class_of(where, y.col(i).data(), n, S(0), i));
  }
}

}  // namespace detail

/// The confusion matrix of logits `outputs` (outputs x samples): the predicted class is the first largest
/// output, or for a single output 1 where it is > 0. Targets are labels, or values of which the largest (one
/// output: 1 where > 0.5) counts. Weights of samples are not looked at.
template <class Y>
ConfusionMatrix confusion(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target) {
  using S = typename Y::Scalar;
  ConfusionMatrix result(outputs.rows() == 1 ? 2 : std::max<Index>(outputs.rows(), 2));
  detail::for_each_decision<S>("confusion", outputs.derived(), target,
                               [&](Index actual, Index predicted) { result.add(actual, predicted); });
  return result;
}

}  // namespace espalier
