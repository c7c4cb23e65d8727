// SPDX-License-Identifier: MIT
// The confusion matrix: which class was taken for which, and the rates that follow from it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "espalier/metric/decision.hpp"

namespace espalier {

/// `fmt::print("{}", confusion(net, data))` prints a row for each actual class, a column for each predicted
/// one. Counts of samples by actual and predicted class. A rate with the denominator 0 is 0 (precision of a
/// class that was never predicted, recall of one that never occurred, accuracy of nothing). A macro rate is
/// the mean over the classes that occurred or were predicted. Classes outside 0, ..., classes() - 1 throw
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
        detail::fail("ConfusionMatrix", {"a class from 0 to {}", {classes_ - 1}}, c);
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

/// The confusion matrix of logits `outputs` (outputs x samples): the predicted class is the first largest
/// output, or for a single output 1 where it is > the threshold. Targets are labels, or values from 0 to 1
/// with the sum 1, of which the largest counts (one output: any values from 0 to 1, class 1 where > 0.5).
/// Other values are no classes: ValueError. Weights of samples are not looked at.
template <class Y>
ConfusionMatrix confusion(const Eigen::DenseBase<Y>& outputs, const Target<typename Y::Scalar>& target,
                          const DecisionOptions& options = {}) {
  using S = typename Y::Scalar;
  ConfusionMatrix result(outputs.rows() == 1 ? 2 : std::max<Index>(outputs.rows(), 2));
  detail::for_each_decision<S>("confusion", outputs.derived(), target, options,
                               [&](Index actual, Index predicted) { result.add(actual, predicted); });
  return result;
}

inline std::string text_of(const ConfusionMatrix& m) {
  const std::size_t width = std::to_string(std::max(m.total(), m.classes())).size() + 2;
  const auto cell = [&](Index number) {
    const std::string text = std::to_string(number);
    return std::string(width - text.size(), ' ') + text;
  };
  std::string table = "actual \\ predicted";
  const std::size_t margin = table.size();
  for (Index c = 0; c < m.classes(); ++c) table += cell(c);
  for (Index actual = 0; actual < m.classes(); ++actual) {
    const std::string name = std::to_string(actual);
    table += '\n' + std::string(margin - name.size(), ' ') + name;
    for (Index predicted = 0; predicted < m.classes(); ++predicted)
      table += cell(m.counts(actual, predicted));
  }
  return table + '\n';
}

}  // namespace espalier

template <>
struct fmt::formatter<espalier::ConfusionMatrix>
    : espalier::detail::TextFormatter<espalier::ConfusionMatrix> {};
