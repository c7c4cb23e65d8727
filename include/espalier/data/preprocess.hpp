// SPDX-License-Identifier: MIT
// Scales for features, learned on one set and applied to others; labels as vectors.
#pragma once

#include <cmath>
#include <span>
#include <utility>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier {

/// y = (x - shift) / scale, row by row (feature by feature), in double. A value: keep it beside the model.
struct RowScale {
  Vector<double> shift, scale;

  /// `train.inputs = scale(std::move(train.inputs))` copies nothing. ShapeError for another number of rows.
  template <Scalar S>
  Matrix<S> operator()(Matrix<S> x) const {
    return map(std::move(x), [](double value, double a, double b) { return (value - a) / b; });
  }
  /// From y back to x, for predicted targets.
  template <Scalar S>
  Matrix<S> inverse(Matrix<S> y) const {
    return map(std::move(y), [](double value, double a, double b) { return value * b + a; });
  }

 private:
  template <Scalar S, class F>
  Matrix<S> map(Matrix<S> values, F f) const {
    if (values.rows() != shift.size())
      detail::fail<ShapeError>("scale", fmt::format("{} rows as in the data it was fitted to", shift.size()),
                               values.rows());
    for (Index j = 0; j < values.cols(); ++j)
      for (Index i = 0; i < values.rows(); ++i)
        values(i, j) = static_cast<S>(f(static_cast<double>(values(i, j)), shift(i), scale(i)));
    return values;
  }
};

namespace detail {

/// A row that never varies keeps its unit. ValueError for nan, infinity and an overflow on the way.
inline void check_scale(std::string_view where, Index samples, Vector<double>& scale) {
  if (samples == 0 || scale.size() == 0)
    fail<ShapeError>(where, "at least one sample and one row to fit",
                     fmt::format("{} x {}", scale.size(), samples));
  for (Index i = 0; i < scale.size(); ++i) {
    if (!std::isfinite(scale(i)))
      fail(fmt::format("{}, row {}", where, i), "finite numbers to fit", scale(i));
    if (scale(i) == 0) scale(i) = 1;
  }
}

}  // namespace detail

/// Mean 0 and standard deviation 1 (that of the population) on the set it is fitted to; a constant row
/// becomes 0.
///
///   const Standardise scale(train.inputs);
///   train.inputs = scale(std::move(train.inputs));
///   test.inputs = scale(std::move(test.inputs));
struct Standardise : RowScale {
  template <Scalar S>
  explicit Standardise(const Matrix<S>& x)
      : RowScale{Vector<double>::Zero(x.rows()), Vector<double>::Zero(x.rows())} {
    if (x.cols() > 0) {
      // Differences from the first sample: a constant row gives exact zeros, a distant mean costs no digits.
      const Vector<double> first = x.col(0).template cast<double>();
      const double n = static_cast<double>(x.cols());
      for (Index j = 0; j < x.cols(); ++j) shift += x.col(j).template cast<double>() - first;
      shift = first + shift / n;
      for (Index j = 0; j < x.cols(); ++j) scale += (x.col(j).template cast<double>() - shift).cwiseAbs2();
      scale = (scale / n).cwiseSqrt();
    }
    detail::check_scale("Standardise", x.cols(), scale);
  }
};

/// From 0 to 1 on the set it is fitted to; a constant row becomes 0.
struct MinMax : RowScale {
  template <Scalar S>
  explicit MinMax(const Matrix<S>& x)
      : RowScale{Vector<double>::Zero(x.rows()), Vector<double>::Zero(x.rows())} {
    if (x.size() > 0) {
      shift = x.rowwise().template minCoeff<Eigen::PropagateNaN>().template cast<double>();
      scale = x.rowwise().template maxCoeff<Eigen::PropagateNaN>().template cast<double>() - shift;
    }
    detail::check_scale("MinMax", x.cols(), scale);
  }
};

/// Labels as columns with a single 1: classes x samples. ValueError for a label outside 0 .. classes - 1.
template <Scalar S = float>
Matrix<S> one_hot(std::span<const int> labels, Index classes) {
  Matrix<S> result = Matrix<S>::Zero(classes, static_cast<Index>(labels.size()));
  for (std::size_t k = 0; k < labels.size(); ++k) {
    if (labels[k] < 0 || labels[k] >= classes)
      detail::fail(fmt::format("one_hot, labels[{}]", k), fmt::format("a class from 0 to {}", classes - 1),
                   labels[k]);
    result(labels[k], static_cast<Index>(k)) = 1;
  }
  return result;
}

}  // namespace espalier
