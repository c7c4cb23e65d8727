// SPDX-License-Identifier: MIT
// A shift and a scale for each feature.
#pragma once

#include <utility>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier {

/// y = (x - shift) / scale, row by row (feature by feature), in double. A value: keep it beside the model.
struct FeatureScale {
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
      detail::fail<ShapeError>("scale", {"{} rows as in the data it was fitted to", {shift.size()}},
                               values.rows());
    for (Index j = 0; j < values.cols(); ++j)
      for (Index i = 0; i < values.rows(); ++i)
        values(i, j) = static_cast<S>(f(static_cast<double>(values(i, j)), shift(i), scale(i)));
    return values;
  }
};

}  // namespace espalier
