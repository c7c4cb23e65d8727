// SPDX-License-Identifier: MIT
#include "espalier/layer/softmax.hpp"

#include <vector>

#include "layer_test.hpp"

using namespace espalier;

static_assert(Layer<Softmax>);

TEMPLATE_TEST_CASE("Softmax is PyTorch's", "", float, double) {
  // x = torch.tensor([[1, 2, -1], [.5, -.5, 0]], dtype=torch.double, requires_grad=True)
  // y = F.softmax(x, 1); y.backward(torch.tensor([[1, -2, .5], [0, 3, 1]])); y, x.grad
  Matrix<TestType> x(3, 2), dy(3, 2);
  x << 1, 0.5, 2, -0.5, -1, 0;
  dy << 1, 0, -2, 3, 0.5, 1;
  Matrix<double> y(3, 2), dx(3, 2);
  y << 0.25949646034241913, 0.506480391055654, 0.7053845126982412, 0.1863237232258476, 0.03511902695933973,
      0.3071958857184984;
  dx << 0.5536909842699766, -0.4386966289365113, -0.6110653969720429, 0.3975836989805833, 0.0573744127020663,
      0.04111292995592784;
  test::check_close<TestType>(test::forward(Softmax{}, x), y, 0);
  test::check_close<TestType>(test::backward(Softmax{}, x, dy), dx, 1);
}

TEST_CASE("Softmax's backward is the derivative of its forward") {
  Matrix<double> x(4, 3);
  x << -2.1, -0.9, 0.4, 1.7, 0.05, -0.3, 3.3, -4.2, 0.8, -1.4, 2.6, -0.02;
  test::check_derivative(Softmax{}, x);
}

TEST_CASE("Softmax works on maps with rows known to the compiler") { test::check_maps(Softmax{}); }

TEMPLATE_TEST_CASE("Softmax of extreme numbers is finite and sums to 1", "", float, double) {
  Matrix<TestType> x(3, 3);
  x << 1e4, -1e4, 1e4, -1e4, -1e4, 1e4, 0, -1e4, 0;
  const Matrix<TestType> y = test::forward(Softmax{}, x);
  Matrix<double> expected(3, 3);
  expected << 1, 1 / 3.0, 0.5, 0, 1 / 3.0, 0.5, 0, 1 / 3.0, 0;
  CHECK((y.template cast<double>() - expected).cwiseAbs().maxCoeff() <= test::tolerance<TestType>);
  const Matrix<TestType> dy = Matrix<TestType>::Constant(3, 3, static_cast<TestType>(1e4));
  CHECK(static_cast<double>(test::backward(Softmax{}, x, dy).cwiseAbs().maxCoeff()) <=
        1e4 * test::tolerance<TestType>);
}

TEST_CASE("NaN goes through Softmax") {
  Matrix<float> x = Matrix<float>::Zero(5, 2);
  x(3, 1) = std::numeric_limits<float>::quiet_NaN();
  const Matrix<float> y = test::forward(Softmax{}, x);
  CHECK(y.col(0).allFinite());
  CHECK(y.col(1).array().isNaN().all());
}
