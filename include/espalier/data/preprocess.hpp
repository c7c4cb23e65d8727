// SPDX-License-Identifier: MIT
// Scales for features, learned on one set and applied to others; labels as vectors.
#pragma once

#include <cmath>
#include <span>

#include "espalier/data/feature_scale.hpp"

namespace espalier {

namespace detail {

template <Scalar S>
void check_fit(std::string_view where, const Matrix<S>& x) {
  if (x.size() == 0)
    fail<ShapeError>(where, "at least one row and one sample to fit",
                     detail::format_message("{} x {}", {x.rows(), x.cols()}));
  if (x.allFinite()) return;
  for (Index i = 0; i < x.rows(); ++i)
    if (!x.row(i).allFinite())
      fail(detail::format_message("{}, row {}", {where, i}), "finite numbers to fit", "nan or infinity");
}

/// A row that never varies keeps its unit.
inline void rescale_until_feasible(std::string_view where, Vector<double>& scale) {
  for (Index i = 0; i < scale.size(); ++i) {
    if (!std::isfinite(scale(i)))
      fail(detail::format_message("{}, row {}", {where, i}), "a spread that double can hold", scale(i));
    if (scale(i) == 0) scale(i) = 1;
  }
}

}  // namespace detail

/// Mean 0 and standard deviation 1 (that of the population) on the set it is fitted to; a constant row
/// becomes 0. ShapeError for an empty set, ValueError for nan and infinity.
///
///   const Standardize scale(train.inputs);
///   train.inputs = scale(std::move(train.inputs));
///   test.inputs = scale(std::move(test.inputs));
struct Standardize : FeatureScale {
  template <Scalar S>
  explicit Standardize(const Matrix<S>& x) {
    detail::check_fit("Standardize", x);
    // The running mean (Welford 1962) of a constant row is exactly that constant, so that its scale is
    // exactly 0.
    shift.setZero(x.rows());
    for (Index j = 0; j < x.cols(); ++j)
      shift += (x.col(j).template cast<double>() - shift) / static_cast<double>(j + 1);
    scale.setZero(x.rows());
    for (Index j = 0; j < x.cols(); ++j) scale += (x.col(j).template cast<double>() - shift).cwiseAbs2();
    for (Index i = 0; i < x.rows(); ++i) scale(i) = std::sqrt(scale(i) / static_cast<double>(x.cols()));
    detail::rescale_until_feasible("Standardize", scale);
  }
};

/// From 0 to 1 on the set it is fitted to; a constant row becomes 0. Errors as with Standardize.
struct MinMax : FeatureScale {
  template <Scalar S>
  explicit MinMax(const Matrix<S>& x) {
    detail::check_fit("MinMax", x);
    shift = x.rowwise().minCoeff().template cast<double>();
    scale = x.rowwise().maxCoeff().template cast<double>() - shift;
    detail::rescale_until_feasible("MinMax", scale);
  }
};

/// Labels as columns with a single 1: classes x samples. ValueError for a label outside 0 .. classes - 1 and
/// for less than one class.
template <Scalar S = float>
Matrix<S> one_hot(std::span<const int> labels, Index classes) {
  if (classes < 1) detail::fail("one_hot", "at least 1 class", classes);
  Matrix<S> result = Matrix<S>::Zero(classes, static_cast<Index>(labels.size()));
  for (std::size_t k = 0; k < labels.size(); ++k) {
    if (labels[k] < 0 || labels[k] >= classes)
      detail::fail(detail::format_message("one_hot, labels[{}]", {k}),
                   {"a class from 0 to {}", {classes - 1}}, labels[k]);
    result(labels[k], static_cast<Index>(k)) = 1;
  }
  return result;
}

}  // namespace espalier
