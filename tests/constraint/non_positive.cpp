// SPDX-License-Identifier: MIT
#include "espalier/constraint/non_positive.hpp"

#include <limits>

#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/testing/projection_check.hpp"
#include "nets.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(ElementSet<NonPositive> && Policy<NonPositive>);

TEMPLATE_TEST_CASE("Weights above zero become zero, and the others keep their bits", "", float, double) {
  const Numbers<TestType> y{3, TestType(-3), TestType(1e-30), TestType(-1e-30), TestType(-0.0), 0};
  const Numbers<TestType> x = constrained(Pack(NonPositive{}), y);
  CHECK(test::same_bits(x, Numbers<TestType>{0, -3, 0, TestType(-1e-30), TestType(-0.0), 0}));
  CHECK(std::isnan(
      constrained(Pack(NonPositive{}), Numbers<TestType>{std::numeric_limits<TestType>::quiet_NaN()})[0]));
  for (const double scale : {1e-30, 1.0, 1e30})
    for (const Index length : {1, 100}) {
      const ProjectionTrials trials{.length = length, .scale = scale, .uneven_steps = true};
      CHECK(projection_check<TestType>(NonPositive{}, Rng{1}, trials).ok());
    }
}

TEST_CASE("An even number of layers of such weights with ReLU between is monotone, and not convex") {
  auto net = sequential<double>(Dense(1, 3, NonPositive{}), ReLU{}, Dense(3, 1, NonPositive{}));
  // Slope 2 where x < 0, and 0.5 above: concave.
  assign(net, "0.weight", Matrix<double>{{-1.5}, {-0.5}, {-0.5}});
  assign(net, "0.bias", Eigen::VectorXd{{0, 0, 10}});
  assign(net, "2.weight", Matrix<double>{{-1, 0, -1}});
  const Matrix<double> y = net.predict(Matrix<double>{{-2, -1, 0, 1, 2}});
  for (Index k = 1; k < 5; ++k) CHECK(y(k) > y(k - 1));
  CHECK(y(1) - y(0) == 2);
  CHECK(y(4) - y(3) == 0.5);
}
