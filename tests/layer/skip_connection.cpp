// SPDX-License-Identifier: MIT
#include "espalier/layer/skip_connection.hpp"

#include "../support.hpp"
#include "espalier/constraint/lasso_net.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "parametric_test.hpp"

using namespace espalier;

static_assert(Parametric<SkipConnection<ReLU, Dense<>>>);
static_assert(SkipConnection<Dense<3, 4>, ReLU, Dense<4, 2>>::input_extent == 5);

TEMPLATE_TEST_CASE("The last inputs are added to what the layers make of the first", "", float, double) {
  auto net = sequential<TestType>(SkipConnection(ReLU{}, Dense(2, 1)));
  CHECK((net.inputs() == 3 && net.outputs() == 1));
  assign(net, "0.later.1.weight", Matrix<TestType>{{2, -1}});
  assign(net, "0.later.1.bias", Matrix<TestType>{{0.5}});
  const Matrix<TestType> x{{1, -2}, {3, 4}, {10, 20}};
  // 2 - 3 + 0.5 + 10, and 0 - 4 + 0.5 + 20
  CHECK(net.forward(x) == Matrix<TestType>{{9.5, 16.5}});
  CHECK(net.predict(x) == net.forward(x));
  Matrix<TestType> dx;
  net.backward(x, Matrix<TestType>{{1, 10}}, dx);
  CHECK(dx == Matrix<TestType>{{2, 0}, {-1, -10}, {1, 10}});
  CHECK(gradient(net, "0.later.1.weight") == Matrix<TestType>{{1, 43}});
  CHECK(gradient(net, "0.later.1.bias") == Matrix<TestType>{{11}});
}

TEST_CASE("Gradients through a skip connection are right, wherever it stands") {
  for (const Index samples : {1, 5}) {
    auto net = sequential<double>(Dense(3, 4 + 2), SkipConnection(Tanh{}, Dense(4, 3), SiLU{}, Dense(3, 2)),
                                  Tanh{}, Dense(2, 2));
    test::fill_parameters(net, 1, 0.7);
    test::check_gradients(net, samples);
  }
}

TEST_CASE("Under LassoNet a network reads no input without its linear weight") {
  auto net = sequential<double>(Dense(3, 4 + 1, LassoNet{.strength = 1, .hierarchy = 2}),
                                SkipConnection(ReLU{}, Dense(4, 1)));
  CHECK(net.inputs() == 3);
  CHECK_THROWS_AS(sequential<double>(Dense(3, 1, LassoNet{})), ShapeError);
}
