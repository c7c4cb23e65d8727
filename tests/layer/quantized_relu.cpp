// SPDX-License-Identifier: MIT
#include "espalier/layer/quantized_relu.hpp"

#include "../support.hpp"
#include "layer_test.hpp"

using namespace espalier;

static_assert(Layer<QuantizedReLU> && HasSlopes<QuantizedReLU>);

TEMPLATE_TEST_CASE("Numbers are cut at 0 and hi, and rounded down to multiples of the step", "", float,
                   double) {
  const QuantizedReLU relu{.step = 0.25, .hi = 1.5};
  Matrix<TestType> x(10, 1), y(10, 1);
  x << -3, -0.01F, 0, 0.2F, 0.25, 0.49F, 0.5, 1.499F, 1.5, 70;
  y << 0, 0, 0, 0, 0.25, 0.25, 0.5, 1.25, 1.5, 1.5;
  CHECK(test::forward(relu, x) == y);
  CHECK(test::forward(QuantizedReLU{.step = 0.25, .hi = 1.6}, x) == y);  // hi is no level
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  CHECK(std::isnan(test::forward(relu, Matrix<TestType>{{nan}})(0)) ==
        std::isnan(test::forward(ReLU{}, Matrix<TestType>{{nan}})(0)));
}

TEST_CASE("The gradient passes between 0 and hi, as if there were no steps") {
  const QuantizedReLU relu{.step = 0.25, .hi = 1.5};
  const Matrix<double> x{{-1}, {0}, {0.1}, {1.4}, {1.5}, {2}}, dy{{1}, {2}, {3}, {4}, {5}, {6}};
  CHECK(test::backward(relu, x, dy) == Matrix<double>{{0}, {0}, {3}, {4}, {0}, {0}});
}

TEST_CASE("Steps that make no sense are refused, and the slopes are those of stairs") {
  CHECK_THROWS_AS(QuantizedReLU({.step = 0}).validate(), ValueError);
  CHECK(message_of([] { QuantizedReLU{.step = 2, .hi = 1}.validate(); }) ==
        "QuantizedReLU: expected step <= hi <= 2^24 step, found step = 2, hi = 1");
  CHECK(QuantizedReLU::slopes() == Slopes{0, std::numeric_limits<double>::infinity()});
  CHECK(QuantizedReLU::slopes().monotone());
}
