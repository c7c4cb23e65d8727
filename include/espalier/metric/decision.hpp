// SPDX-License-Identifier: MIT
// From numbers to classes: what outputs decide, and what targets say.
#pragma once

#include <cmath>
#include <optional>
#include <string_view>

#include "espalier/core/target_check.hpp"

namespace espalier {

/// How metrics decide from outputs.
struct DecisionOptions {
  /// One output says yes (class 1) where it is larger. Empty: 0, since outputs are logits; for a model that
  /// ends in Sigmoid, 0.5. Refused where the largest of several outputs decides.
  std::optional<double> threshold{};
};

namespace detail {

/// The class that a column of logits or probabilities names: the first largest; for one number, 1 where it is
/// > threshold.
template <Scalar S>
Index class_of(std::string_view where, const S* column, Index n, double threshold, Index sample) {
  Index best = 0;
  for (Index c = 0; c < n; ++c) {
    if (std::isnan(column[c]))
      fail(where, detail::format_message("numbers for sample {} (counted from 0)", {sample}), column[c]);
    if (column[c] > column[best]) best = c;
  }
  return n == 1 ? Index{static_cast<double>(column[0]) > threshold} : best;
}

/// The threshold of these options for `n` outputs that are logits.
inline double threshold_of(std::string_view where, const DecisionOptions& options, Index n) {
  const double threshold = options.threshold.value_or(0);
  if (!std::isfinite(threshold)) fail(where, "a finite threshold", threshold);
  if (n > 1 && options.threshold)
    fail(where, "a threshold for one output only, as of several the largest decides", threshold);
  return threshold;
}

/// Throws for values that are no class: those of a regression, or several labels.
template <Scalar S>
void check_class(std::string_view where, const S* column, Index n, Index sample) {
  double sum = 0;
  for (Index c = 0; c < n; ++c) {
    if (!(column[c] >= 0 && column[c] <= 1))
      fail(where,
           detail::format_message(
               "classes: a label or values from 0 to 1 for sample {} (counted from 0); other "
               "numbers have r2, rmse and mae",
               {sample}),
           column[c]);
    sum += static_cast<double>(column[c]);
  }
  if (n > 1 && !(std::abs(sum - 1) <= 1e-3))
    fail(where,
         detail::format_message(
             "one class a sample: values with the sum 1 for sample {} (counted from 0); several "
             "labels a sample have label_accuracy and exact_match",
             {sample}),
         sum);
}

/// f(actual, predicted) for each sample, once everything is checked but NaN. One output is a logit for
/// class 1.
template <Scalar S, class F>
void for_each_decision(std::string_view where, const ConstBatch<S>& y, const Target<S>& t,
                       const DecisionOptions& options, const F& f) {
  check_samples(where, y, t);
  const Index n = y.rows();
  const double threshold = threshold_of(where, options, n);
  if (t.has_labels()) {
    check_labels(where, t.labels(), n == 1 ? 2 : n);
  } else {
    check_values(where, y, t, "labels, or values");
    for (Index i = 0; i < y.cols(); ++i) check_class(where, t.values().col(i).data(), n, i);
  }
  for (Index i = 0; i < y.cols(); ++i) {
    const Index actual = t.has_labels() ? t.labels()[static_cast<std::size_t>(i)]
                                        : class_of(where, t.values().col(i).data(), n, 0.5, i);
    f(actual, class_of(where, y.col(i).data(), n, threshold, i));
  }
}

}  // namespace detail
}  // namespace espalier
