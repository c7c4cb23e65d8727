// SPDX-License-Identifier: MIT
// The gradient of a function of a matrix, by central differences in double.
#pragma once

#include "espalier/core/matrix.hpp"

template <class F>
espalier::Matrix<double> central_difference(const F& f, espalier::Matrix<double> x) {
  const double h = 1e-5;  // truncation and rounding both leave about 1e-11
  espalier::Matrix<double> gradient(x.rows(), x.cols());
  for (espalier::Index i = 0; i < x.size(); ++i) {
    const double at = x(i);
    x(i) = at + h;
    const double above = f(x);
    x(i) = at - h;
    gradient(i) = (above - f(x)) / (2 * h);
    x(i) = at;
  }
  return gradient;
}
