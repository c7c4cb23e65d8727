// SPDX-License-Identifier: MIT
#include "espalier/layer/product.hpp"

#include "../nets.hpp"

using namespace espalier;

namespace {

template <Scalar S>
void compare(Index rows, Index depth, Index cols) {
  CAPTURE(rows, depth, cols);
  const Matrix<S> a = random_matrix<S>(rows, depth, 1), b = random_matrix<S>(depth, cols, 2);
  const WeightMatrix<S> a_by_rows = a, b_by_rows = b;
  const Matrix<double> expected = a.template cast<double>() * b.template cast<double>();
  const double eps = sizeof(S) == sizeof(float) ? 1e-6 : 1e-14, roundings = eps * expected.norm();
  Matrix<S> c = Matrix<S>::Constant(rows, cols, 7);
  WeightMatrix<S> c_by_rows = c;
  detail::multiply(a_by_rows, b, c);  // as in a forward pass, then as in a backward pass
  CHECK((c.template cast<double>() - expected).norm() <= roundings);
  detail::multiply(a, b_by_rows, c_by_rows);
  CHECK((c_by_rows.template cast<double>() - expected).norm() <= roundings);
  c.setConstant(7);
  detail::multiply<true>(a, b, c);
  CHECK(((c.template cast<double>() - expected).array() - 7).matrix().norm() <=
        roundings + 7 * eps * std::sqrt(c.size()));
}

}  // namespace

TEMPLATE_TEST_CASE("A product is the sum over its tiles", "", float, double) {
  compare<TestType>(1, 1, 1);
  compare<TestType>(5, 7, 3);
  compare<TestType>(300, 700, 200);  // tiles in all directions, the last ones smaller
  compare<TestType>(1, 3000, 300);   // vectors are not tiled
  compare<TestType>(300, 3000, 1);
  compare<TestType>(128, 256, 128);  // exactly one tile of floats
}

TEST_CASE("A product with few rows known at compile time takes any number of columns") {
  const Eigen::Matrix<float, 3, 4> a = random_matrix<float>(3, 4, 1);
  const Matrix<float> b = random_matrix<float>(4, 10000, 2), expected = a * b;
  Matrix<float> c(3, 10000);
  detail::multiply(a, b, c);
  CHECK((c - expected).norm() <= 1e-6F * expected.norm());
  detail::multiply<true>(a, b, c);
  CHECK((c - 2 * expected).norm() <= 1e-6F * expected.norm());
}
