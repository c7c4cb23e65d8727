// SPDX-License-Identifier: MIT
#include "espalier/layer/scale.hpp"

#include <limits>

#include "../nets.hpp"
#include "../support.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("It multiplies, there and back, and says its slope", "", float, double) {
  const Matrix<TestType> x = random_matrix<TestType>(3, 4, 1);
  Matrix<TestType> y(3, 4), dx(3, 4);
  Scale{-2.5}.forward(x, y);
  CHECK(y == TestType(-2.5) * x);
  Scale{0.5}.backward(x, x, x, dx);
  CHECK(dx == x / 2);
  CHECK(Scale{-2.5}.slopes() == Slopes{-2.5, -2.5});
}

TEST_CASE("A factor that is not finite is refused") {
  CHECK(message_of([] { Scale{std::numeric_limits<double>::infinity()}.validate(); }) ==
        "Scale: expected a finite factor, found inf");
}
