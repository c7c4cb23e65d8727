// SPDX-License-Identifier: MIT
#include "espalier/testing/gradient_check.hpp"

#include "espalier/constraint/l2.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "nets.hpp"

using namespace espalier;

namespace {

/// y = x^2, with a wrong derivative if `slope` is not 2.
struct Square {
  double slope = 2;
  void forward(const auto& x, auto&& y) const { y = x.cwiseAbs2(); }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    dx = slope * dy.cwiseProduct(x);
  }
};

double worst(double slope) {
  auto net = sequential<double>(Dense(3, 4, L2{0.1}), Square{slope}, Dense(4, 2));
  initialise(net, Rng{1});
  const Matrix<double> x = random_matrix<double>(3, 5, 2), t = random_matrix<double>(2, 5, 3);
  double largest = 0;
  for (const GradientError& error : gradient_check(net, MeanSquared{}, x, t))
    largest = std::max(largest, error.relative);
  return largest;
}

}  // namespace

TEST_CASE("right gradients pass, wrong ones are found") {
  CHECK(worst(2) < 1e-6);
  CHECK(worst(2.01) > 1e-4);
}
