// SPDX-License-Identifier: MIT
// What the tests of all losses share.
#pragma once

#include <cmath>
#include <initializer_list>
#include <vector>

#include "catch.hpp"
#include "central_difference.hpp"
#include "espalier/loss/loss.hpp"
#include "tolerance.hpp"

namespace test {

using espalier::Index, espalier::Matrix, espalier::Scalar, espalier::Target;

/// Numbers listed sample by sample.
template <Scalar S>
Matrix<S> batch(Index rows, std::initializer_list<double> numbers) {
  const Index cols = static_cast<Index>(numbers.size()) / rows;
  return Eigen::Map<const Matrix<double>>(numbers.begin(), rows, cols).cast<S>();
}

/// The value and the gradient of a loss are these, whichever operator is called.
template <Scalar S, class Loss>
void check_loss(const Loss& loss, const Matrix<S>& y, const Target<S>& t, double value,
                std::initializer_list<double> gradient) {
  Matrix<S> found;
  CHECK(loss(y, t, found) == Catch::Approx(value).epsilon(tolerance<S>));
  CHECK(loss(y, t) == loss(y, t, found));
  REQUIRE(found.rows() == y.rows());
  REQUIRE(found.size() == static_cast<Index>(gradient.size()));
  for (Index i = 0; i < found.size(); ++i) {
    CAPTURE(i, found(i), gradient.begin()[i]);
    CHECK(std::abs(static_cast<double>(found(i)) - gradient.begin()[i]) <= tolerance<S>);
  }
}

/// The gradient is the derivative of the value.
template <class Loss>
void check_derivative(const Loss& loss, const Matrix<double>& y, const Target<double>& t) {
  Matrix<double> gradient;
  loss(y, t, gradient);
  const Matrix<double> numeric = central_difference([&](const Matrix<double>& at) { return loss(at, t); }, y);
  CHECK((gradient - numeric).norm() <= 1e-8 * numeric.norm());
}

/// Two outputs and three samples, compared with values.
template <Scalar S>
struct Regression {
  Matrix<S> y = batch<S>(2, {0.5, -1, 2, 0.25, -3, 1.5});
  Matrix<S> t = batch<S>(2, {1, -1, 0, 0.5, -1, 1});
};

}  // namespace test
