// SPDX-License-Identifier: MIT
// The hinge-regularized Kantorovich-Rubinstein loss: two classes, told apart by a 1-Lipschitz net.
#pragma once

#include <algorithm>

#include "espalier/loss/loss.hpp"

namespace espalier {

/// The mean over the samples of alpha max(0, margin - s y) - s y / q (Serrurier et al. 2021, arXiv
/// 2006.06520, eq. 11), with s = 1 for the label 1 and s = -1 for the label 0, and q the share of that class
/// among all samples: `positive_share` for the label 1, 1 - positive_share for 0. The second part is then
/// -KR, KR the mean output of the positive samples less that of the others, which over all 1-Lipschitz
/// functions is at most the Wasserstein distance of the two classes: a Lipschitz net (Orthonormal,
/// SpectralRescaled, Sandwich) is what keeps it finite. `HingeKR{.alpha = 0}` is -KR alone.
///
/// One output; targets are labels 0 and 1, or values -1 and 1. The share is that of the data, a number known
/// before, where deel-lip takes that of each batch: so means of batches add up to the mean of all, and a
/// batch of one class has a loss. With a share that is not the data's, KR depends on a constant added to y.
struct HingeKR {
  double alpha = 10;            ///< how much the hinge counts beside KR
  double margin = 1;            ///< from which s y on it is 0
  double positive_share = 0.5;  ///< of the label 1 among all samples

  static constexpr std::string_view name = "HingeKR";

  void validate() const {
    detail::check_not_negative(name, "alpha", alpha);
    detail::check_positive_float(name, "margin", margin);
    if (!(positive_share > 0 && positive_share < 1))
      detail::fail(name, "0 < positive_share < 1", positive_share);
  }
  void describe(auto&& f) const {
    f("alpha", alpha), f("margin", margin), f("positive_share", positive_share);
  }

  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t) const {
    return run<typename Y::Scalar>(y, t, nullptr);
  }
  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t,
                    Matrix<typename Y::Scalar>& gradient) const {
    return run<typename Y::Scalar>(y, t, &gradient);
  }

  bool operator==(const HingeKR&) const = default;

 private:
  /// -1 or 1
  template <Scalar S>
  static double side(const Target<S>& t, Index i) {
    if (t.has_labels()) return t.labels()[static_cast<std::size_t>(i)] == 1 ? 1 : -1;
    return static_cast<double>(t.values()(0, i));
  }

  template <Scalar S>
  void check(const ConstBatch<S>& y, const Target<S>& t) const {
    validate();
    detail::check_samples(name, y, t);
    if (y.rows() != 1) detail::fail<ShapeError>(name, "one output, which tells two classes apart", y.rows());
    if (t.has_labels()) return detail::check_labels(name, t.labels(), 2);
    detail::check_values(name, y, t, "labels or values -1 and 1");
    for (Index i = 0; i < y.cols(); ++i)
      if (const S value = t.values()(0, i); !(value == 1 || value == -1))
        detail::fail(name, {"-1 or 1 for sample {} (counted from 0)", {i}}, value);
  }

  template <Scalar S>
  double run(const ConstBatch<S>& y, const Target<S>& t, Matrix<S>* gradient) const;
};

// Outside its class it is not inline, so that a library can hold it (compiled.hpp).
template <Scalar S>
double HingeKR::run(const ConstBatch<S>& y, const Target<S>& t, Matrix<S>* gradient) const {
  check(y, t);
  const double total = detail::check_total(name, detail::sum_weights(name, t, [](Index) { return 1.0; }));
  return detail::mean_over_samples(y, t, total, gradient, [&](Index i, double scale, S* g) {
    const double s = side(t, i), share = s > 0 ? positive_share : 1 - positive_share;
    const double right = s * static_cast<double>(y(0, i)), short_by = margin - right;
    const double slope = -s / share - (short_by > 0 ? alpha * s : 0);
    if (g) *g = short_by == short_by ? static_cast<S>(scale * slope) : static_cast<S>(short_by);
    return alpha * (short_by < 0 ? 0 : short_by) - right / share;
  });
}

}  // namespace espalier
