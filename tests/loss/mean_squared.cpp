// SPDX-License-Identifier: MIT
#include "espalier/loss/mean_squared.hpp"

#include "loss_test.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("MeanSquared is PyTorch's", "", float, double) {
  // y = torch.tensor([[.5, -1], [2, .25], [-3, 1.5]]); t = torch.tensor([[1, -1], [0, .5], [-1, 1]])
  // F.mse_loss(y, t), in double
  const test::Regression<TestType> r;
  test::check_loss<TestType>(MeanSquared{}, r.y, r.t, 1.4270833333333333,
                             {-1.0 / 6, 0, 2.0 / 3, -1.0 / 12, -2.0 / 3, 1.0 / 6});
}

TEST_CASE("MeanSquared's gradient is its derivative") {
  const test::Regression<double> r;
  const std::vector<double> weights{1, 0.5, 3};
  test::check_derivative(MeanSquared{}, r.y, r.t);
  test::check_derivative(MeanSquared{}, r.y, {r.t, weights});
}

TEST_CASE("MeanSquared of far-off floats is finite") {
  const Matrix<float> y = Matrix<float>::Constant(1, 1, 1e25f), t = Matrix<float>::Zero(1, 1);
  CHECK(MeanSquared{}(y, t) == Catch::Approx(1e50));
}
