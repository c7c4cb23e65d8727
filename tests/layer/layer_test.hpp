// SPDX-License-Identifier: MIT
// What the tests of layers without parameters share.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "catch.hpp"
#include "central_difference.hpp"
#include "espalier/layer/layer.hpp"
#include "tolerance.hpp"

namespace test {

using espalier::Index, espalier::Matrix, espalier::Scalar, espalier::Dynamic;

template <class L, Scalar S>
Matrix<S> forward(const L& layer, const Matrix<S>& x) {
  Matrix<S> y(x.rows(), x.cols());
  layer.forward(x, y);
  return y;
}

/// d <weights, y> / d x, computed in the memory of dy.
template <class L, Scalar S>
Matrix<S> backward(const L& layer, const Matrix<S>& x, const Matrix<S>& weights) {
  const Matrix<S> y = forward(layer, x);
  Matrix<S> dx = weights;
  layer.backward(x, y, dx, dx);
  return dx;
}

/// Outputs and derivatives are these to a few units of roundoff, each relative to its own size, or to `scale`
/// where that is larger.
template <Scalar S>
void check_close(const Matrix<S>& found, const Matrix<double>& expected, double scale) {
  REQUIRE(found.size() == expected.size());
  for (Index i = 0; i < found.size(); ++i) {
    CAPTURE(i, found(i), expected(i));
    CHECK(std::abs(static_cast<double>(found(i)) - expected(i)) <=
          tolerance<S> * std::max(scale, std::abs(expected(i))));
  }
}

/// backward is the derivative of forward.
template <class L>
void check_derivative(const L& layer, const Matrix<double>& x) {
  Matrix<double> weights(x.rows(), x.cols());
  for (Index i = 0; i < weights.size(); ++i) weights(i) = 0.7 - 0.31 * static_cast<double>(i % 5);
  const Matrix<double> numeric = central_difference(
      [&](const Matrix<double>& at) { return forward(layer, at).cwiseProduct(weights).sum(); }, x);
  CHECK((backward(layer, x, weights) - numeric).norm() <= 1e-8 * numeric.norm());
}

/// Maps with compile-time rows, one of them without packet alignment, give what matrices give.
template <class L>
void check_maps(const L& layer) {
  const Matrix<float> x = Matrix<float>::Random(3, 7), dy = Matrix<float>::Random(3, 7);
  std::vector<float> memory(2 * 21 + 1);
  Eigen::Map<Eigen::Matrix<float, 3, Dynamic>> y(memory.data() + 1, 3, 7), dx(memory.data() + 22, 3, 7);
  layer.forward(Eigen::Map<const Eigen::Matrix<float, 3, Dynamic>>(x.data(), 3, 7), y);
  layer.backward(x, y, dy, dx);
  CHECK((y - forward(layer, x)).cwiseAbs().maxCoeff() <= static_cast<float>(tolerance<float>));
  CHECK((dx - backward(layer, x, dy)).cwiseAbs().maxCoeff() <= static_cast<float>(tolerance<float>));
}

}  // namespace test
