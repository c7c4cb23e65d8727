// SPDX-License-Identifier: MIT
#include "espalier/train/evaluate.hpp"

#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "nets.hpp"

using namespace espalier;

TEST_CASE("predictions in pieces are those of one pass, without dropout") {
  Sequential net{Dense(2, 5), Tanh{}, Dropout{0.5}, Dense(5, 2)};
  initialise(net, Rng{1});
  const Dataset data = two_halves(600);  // more than two pieces
  const Matrix<float> all = predict(net, data.inputs);
  REQUIRE(all.cols() == 600);
  CHECK(all.isApprox(net.predict(data.inputs), 1e-5F));
  CHECK(evaluate(net, data, CrossEntropy{}) == CrossEntropy{}(all, data.target()));
  CHECK(accuracy(net, data) == accuracy(all, data.target()));
  CHECK(confusion(net, data) == confusion(all, data.target()));
}

TEST_CASE("regression metrics of a model are those of its predictions") {
  Sequential net{Dense(2, 1)};
  assign(net, 1, "weight", Matrix<float>::Ones(1, 2));
  Dataset data;
  data.inputs = random_matrix<float>(2, 50, 7);
  data.targets = data.inputs.colwise().sum().array() + 0.5F;
  CHECK(rmse(net, data) == Catch::Approx(0.5));
  CHECK(mae(net, data) == Catch::Approx(0.5));
  CHECK(evaluate(net, data, MeanSquared{}) == Catch::Approx(0.25));
  CHECK(r2(net, data) < 1);
}
