// SPDX-License-Identifier: MIT
#include "espalier/loss/mean_absolute.hpp"

#include "loss_test.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("MeanAbsolute is PyTorch's, with the slope 0 where output and target agree", "", float,
                   double) {
  // F.l1_loss(y, t), in double, of the numbers of mean_squared.cpp
  const test::Regression<TestType> r;
  test::check_loss<TestType>(MeanAbsolute{}, r.y, r.t, 0.875,
                             {-1.0 / 6, 0, 1.0 / 6, -1.0 / 6, -1.0 / 6, 1.0 / 6});
}

TEST_CASE("MeanAbsolute's gradient is its derivative") {
  test::Regression<double> r;
  r.t.array() += 0.1;  // away from the kink
  const std::vector<double> weights{1, 0.5, 3};
  test::check_derivative(MeanAbsolute{}, r.y, r.t);
  test::check_derivative(MeanAbsolute{}, r.y, {r.t, weights});
}
