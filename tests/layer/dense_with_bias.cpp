// SPDX-License-Identifier: MIT
#include "espalier/layer/dense_with_bias.hpp"

#include "../support.hpp"
#include "espalier/certify/lipschitz.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "parametric_test.hpp"

using namespace espalier;

static_assert(Parametric<DenseWithBias<MaxNorm>> && Sized<DenseWithBias<>>);

TEST_CASE("The last column of the weight is the bias") {
  auto net = sequential<double>(DenseWithBias(3, 2));
  CHECK(test::paths_of(net) == std::vector<std::string>{"0.weight"});
  initialize(net, {.seed = 1});
  const Matrix<double> both = parameter(net, "0.weight"), x = random_matrix<double>(3, 4, 2);
  REQUIRE((both.rows() == 2 && both.cols() == 4));
  const Matrix<double> y = (both.leftCols(3) * x).colwise() + Vector<double>(both.col(3));
  CHECK((net.predict(x) - y).norm() <= 1e-15 * y.norm());
}

TEST_CASE("Gradients of a weight with its bias are central differences") {
  auto net = sequential<double>(DenseWithBias(3, 5, WeightNorm{}), DenseWithBias(5, 2));
  test::fill_parameters(net, 1);
  test::check_gradients(net, 4);
  test::check_kept<float>(DenseWithBias(3, 5, WeightNorm{}));
}

TEST_CASE("A bound of norms holds of the weights of a neuron with its bias") {
  Sequential net{DenseWithBias(6, 4, MaxNorm{0.5})};
  initialize(net, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  random_steps(net, optimizer, 20, 2);
  const Matrix<double> both = parameter(net, "0.weight").cast<double>();
  CHECK(both.rowwise().norm().maxCoeff() <= 0.5);
  CHECK(both.leftCols(6).rowwise().norm().maxCoeff() < 0.5);
  CHECK(both.rowwise().norm().minCoeff() > 0.49);
}

TEST_CASE("A Lipschitz bound does not count the biases") {
  auto net = sequential<double>(DenseWithBias(3, 2));
  edit(net, [](std::span<double> w) {
    const double both[] = {1, 0, 0, 50, 0, 2, 0, 70};
    std::copy(both, both + 8, w.begin());
  });
  CHECK(lipschitz(net).two == Catch::Approx(2));
}

TEST_CASE("Sizes that make no layer are refused") {
  CHECK(message_of([] { DenseWithBias(0, 2); }) ==
        "DenseWithBias: expected at least 1 input and 1 output, found 0 -> 2");
}
