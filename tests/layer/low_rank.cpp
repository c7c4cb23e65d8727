// SPDX-License-Identifier: MIT
#include "espalier/layer/low_rank.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/model/access.hpp"

using namespace espalier;

TEST_CASE("It is two factors, and their product is the weight") {
  auto net = sequential<double>(low_rank_dense(7, 5, 2, MaxNorm{1}), Tanh{}, Dense(5, 1));
  initialize(net, {.seed = 1});
  CHECK(count(net) == 2 * (7 + 5) + 5 + 5 + 1);
  const Matrix<double> b = parameter(net, "0.0.weight"), a = parameter(net, "0.1.weight");
  CHECK((b.rows() == 2 && a.rows() == 5 && a.rowwise().norm().maxCoeff() <= 1));
  const Matrix<double> x = random_matrix<double>(7, 3, 2);
  net.forward(x);
  const Matrix<double> y = ((a * b) * x).colwise() + Vector<double>(parameter(net, "0.1.bias"));
  CHECK((net.activation(0) - y).norm() <= 1e-14 * y.norm());
}

TEST_CASE("A rank that bounds nothing is refused") {
  CHECK(message_of([] { low_rank_dense(7, 5, 6); }) ==
        "low_rank_dense: expected a rank from 1 to 5, found 6");
  CHECK_THROWS_AS(low_rank_dense(7, 5, 0), ShapeError);
}
