// SPDX-License-Identifier: MIT
#include "espalier/loss/root_mean_squared.hpp"

#include "loss_test.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE(
    "RootMeanSquared is the root of the mean of squares, and its gradient has the norm 1 / root(n)", "",
    float, double) {
  // Errors 0.5, 0, 2, -0.25, -2, 0.5: squares sum to 8.5625.
  const test::Regression<TestType> r;
  const double root = std::sqrt(8.5625 / 6), scale = 1 / (6 * root);
  test::check_loss<TestType>(RootMeanSquared{}, r.y, r.t, root,
                             {-0.5 * scale, 0, 2 * scale, -0.25 * scale, -2 * scale, 0.5 * scale});
  Matrix<TestType> gradient;
  RootMeanSquared{}(r.y, r.t, gradient);
  CHECK(static_cast<double>(gradient.norm()) == Approx(1 / std::sqrt(6.0)).epsilon(1e-6));
}

TEST_CASE("RootMeanSquared's gradient is its derivative") {
  const test::Regression<double> r;
  const std::vector<double> weights{1, 0.5, 3}, one{0, 2, 0};
  test::check_derivative(RootMeanSquared{}, r.y, r.t);
  test::check_derivative(RootMeanSquared{}, r.y, {r.t, weights});
  test::check_derivative(RootMeanSquared{}, r.y, {r.t, one});
}

TEST_CASE("RootMeanSquared has the gradient 0 without errors, and the same one for errors of any scale") {
  const test::Regression<double> r;
  Matrix<double> gradient, scaled;
  CHECK(RootMeanSquared{}(r.t, r.t, gradient) == 0);
  CHECK((gradient.array() == 0).all());
  RootMeanSquared{}(r.y, r.t, gradient);
  for (const double scale : {0x1p-1000, 0x1p-600, 0x1p-400, 0x1p-20, 0x1p300, 0x1p600, 0x1p1000}) {
    const Matrix<double> y = scale * r.y, t = scale * r.t;
    CHECK(RootMeanSquared{}(y, t, scaled) == Approx(scale * RootMeanSquared{}(r.y, r.t)).epsilon(1e-15));
    CHECK((scaled - gradient).cwiseAbs().maxCoeff() <= 1e-15);
  }
}

TEST_CASE("RootMeanSquared of floats next to nothing has the same gradient, and NaN and infinity stay") {
  const test::Regression<float> r;
  const std::vector<float> weights{1, 0, 3};
  Matrix<float> gradient, scaled;
  RootMeanSquared{}(r.y, {r.t, weights}, gradient);
  for (const float scale : {0x1p-120f, 0x1p120f}) {
    const Matrix<float> y = scale * r.y, t = scale * r.t;
    RootMeanSquared{}(y, {t, weights}, scaled);
    CHECK((scaled - gradient).cwiseAbs().maxCoeff() <= 1e-6f);
  }
  Matrix<float> y = r.t;
  y(0) = NAN;
  CHECK(std::isnan(RootMeanSquared{}(y, r.t)));
  y(0) = HUGE_VALF;
  CHECK(std::isinf(RootMeanSquared{}(y, r.t, gradient)));
}
