// SPDX-License-Identifier: MIT
// The strength that inputs without any effect do not pass, from the data alone: the quantile universal
// threshold.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "espalier/core/rng.hpp"
#include "espalier/select/lambda_max.hpp"

namespace espalier {

/// Of quantile_threshold().
struct ThresholdOptions {
  double alpha = 0.05;     ///< how often zeros are no resting point though no input has an effect
  long draws = 1000;       ///< of responses; the quantile is off by about 2 % with 1000
  std::uint64_t seed = 0;  ///< of the draws
  double slope = 0;        ///< as in LambdaMaxOptions
};

namespace detail {

/// Responses that no input has an effect on, as a loss assumes them.
template <class L>
class NullResponses {
  static constexpr bool regression = std::is_same_v<L, RootMeanSquared>;
  static_assert(regression || std::is_same_v<L, CrossEntropy> || std::is_same_v<L, BinaryCrossEntropy>,
                "quantile_threshold takes RootMeanSquared for regression, whose gradient does not depend on "
                "the unknown scale of the noise, and CrossEntropy or BinaryCrossEntropy for classes");

 public:
  NullResponses(const Target<double>& t, Index outputs)
      : values_(t.has_labels() ? 0 : t.values().rows(), t.samples()),
        labels_(t.has_labels() ? static_cast<std::size_t>(t.samples()) : 0),
        weights_(t.weights()) {
    if (regression) return;
    if (t.has_labels()) {
      shares_ = Column::Zero(std::max<Index>(outputs, 2));
      for (const int label : t.labels()) shares_[label] += 1 / static_cast<double>(t.samples());
    } else {
      shares_ = t.values().rowwise().mean();
    }
  }

  /// The next ones: normal, or classes with the shares that the data have. Whoever keeps the target keeps
  /// this.
  Target<double> draw(Rng& rng) {
    for (int& label : labels_) label = static_cast<int>(class_of(rng));
    for (Index i = 0; i < values_.cols(); ++i) {
      if constexpr (std::is_same_v<L, CrossEntropy>)
        if (values_.rows() > 0) values_.col(i).setZero(), values_(class_of(rng), i) = 1;
      if constexpr (!std::is_same_v<L, CrossEntropy>)
        for (Index k = 0; k < values_.rows(); ++k)
          values_(k, i) = regression ? rng.normal() : rng.uniform() < shares_[k] ? 1 : 0;
    }
    return labels_.empty() ? Target<double>(values_, weights_) : Target<double>(labels_, weights_);
  }

 private:
  Index class_of(Rng& rng) const {
    double left = rng.uniform();
    for (Index c = 0; c + 1 < shares_.size(); ++c)
      if ((left -= shares_[c]) < 0) return c;
    return shares_.size() - 1;
  }

  Matrix<double> values_;
  std::vector<int> labels_;
  std::span<const double> weights_;
  Column shares_;
};

}  // namespace detail

/// The 1 - alpha quantile of lambda_max() over responses that no input has an effect on (Giacobino, Sardy,
/// Diaz-Rodriguez & Hengartner 2017; of networks: van Cutsem, Sardy & Ma, arXiv 2411.17180). With this
/// strength weights of zero are a resting point for such responses with a probability of 1 - alpha, so that
/// nothing must be tuned, and no data held back. Responses are normal for RootMeanSquared, which makes
/// the result free of their scale; for CrossEntropy and BinaryCrossEntropy they are classes drawn with the
/// shares that the data have. Time: draws times samples times inputs times outputs.
///
/// The penalty counts for nothing where later weights may grow instead of those of the first layer: bound
/// them, by MaxNorm for example, and give the bound as `slope`.
template <Model M, Scalar S, class L>
double quantile_threshold(const M& model, const BasicDataset<S>& data, const L& loss,
                          const ThresholdOptions& options = {}) {
  detail::check_fraction("quantile_threshold", "alpha", options.alpha);
  if (options.draws < 1) detail::fail("quantile_threshold", "draws >= 1", options.draws);
  detail::check_not_negative("quantile_threshold", "slope", options.slope);
  const detail::FirstOrder first(model, data, loss, options.slope);
  if (!first.acts())
    detail::fail(
        "quantile_threshold",
        "outputs that change with the first layer, as they do after initialize() (ReLU at biases of 0 "
        "has no slope there: give a bound, slope)",
        "outputs that do not");
  const detail::WideTarget<S> wide(data);
  detail::NullResponses<L> null(wide.target(), first.outputs());
  Rng rng(options.seed);
  const Index outputs = first.outputs();
  std::vector<double> strengths;
  constexpr long most = 32;  // draws at once: one product of matrices is faster than many of vectors
  for (long done = 0; done < options.draws;) {
    const Index count = std::min(most, options.draws - done);
    Matrix<double> gradients(count * outputs, data.samples());
    for (Index k = 0; k < count; ++k) {
      const Target<double> target = null.draw(rng);
      gradients.middleRows(k * outputs, outputs) =
          detail::gradient_at(loss, target, detail::best_constant(loss, target, outputs));
    }
    const Matrix<double> all = detail::times_inputs(gradients, data.inputs);
    for (Index k = 0; k < count; ++k)
      strengths.push_back(first.strength(all.middleRows(k * outputs, outputs)));
    done += count;
  }
  const double rank = std::ceil((1 - options.alpha) * static_cast<double>(options.draws));
  const auto place = strengths.begin() + std::clamp<long>(static_cast<long>(rank), 1, options.draws) - 1;
  std::nth_element(strengths.begin(), place, strengths.end());
  return *place;
}

}  // namespace espalier
