// SPDX-License-Identifier: MIT
#include "espalier/layer/residual.hpp"

#include "../support.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "parametric_test.hpp"

using namespace espalier;

namespace {

auto block(Index width, Index hidden) {
  return Residual(Dense(width, hidden, WeightNorm{}), Tanh{}, Dense(hidden, width, MaxNorm{2}));
}

static_assert(Parametric<Residual<Dense<>, Tanh, Dense<>>>);

}  // namespace

TEMPLATE_TEST_CASE("A residual block adds its inputs to what its layers give", "", float, double) {
  auto net = sequential<TestType>(Residual(Dense(2, 3), ReLU{}, Dense(3, 2)));
  assign(net, "0.body.0.weight", Matrix<TestType>{{1, 2}, {-1, 0}, {0, 3}});
  assign(net, "0.body.0.bias", Matrix<TestType>{{0}, {1}, {0}});
  assign(net, "0.body.2.weight", Matrix<TestType>{{1, 1, 0}, {0, -2, 1}});
  assign(net, "0.body.2.bias", Matrix<TestType>{{0.5}, {0}});
  const Matrix<TestType> x{{1, -2}, {3, 0.5}};
  // Hidden: (7, 0, 9) and (0, 3, 1.5); f: (7.5, 9) and (3.5, -4.5).
  CHECK(net.forward(x) == Matrix<TestType>{{8.5, 1.5}, {12, -4}});
  CHECK(net.predict(x) == net.forward(x));
  Matrix<TestType> dx;
  net.backward(x, Matrix<TestType>{{1, 1}, {0, 10}}, dx);
  // At the hidden units: (1, 1, 0), of which the second is off; (1, -19, 10), of which the first is off.
  CHECK(dx == Matrix<TestType>{{1 + 1, 1 + 19}, {0 + 2, 10 + 30}});
  CHECK(gradient(net, "0.body.0.weight") == Matrix<TestType>{{1, 3}, {38, -9.5}, {-20, 5}});
  CHECK(gradient(net, "0.body.2.bias") == Matrix<TestType>{{2}, {10}});
}

TEST_CASE("The layers of a residual block have paths, in blocks inside blocks too") {
  const auto net = sequential<float>(Dense(3, 4), Residual(block(4, 2), Dense(4, 4, NoBias{})));
  CHECK(test::paths_of(net) == std::vector<std::string>{"0.weight", "0.bias", "1.body.0.body.0.weight",
                                                        "1.body.0.body.0.gain", "1.body.0.body.0.bias",
                                                        "1.body.0.body.2.weight", "1.body.0.body.2.bias",
                                                        "1.body.1.weight"});
}

TEST_CASE("Gradients of residual blocks are right, wherever they stand") {
  for (const Index samples : {1, 5}) {
    auto net = sequential<double>(block(3, 4), Tanh{}, Residual(block(3, 2), SiLU{}, Dense(3, 3), Tanh{}));
    test::fill_parameters(net, 1, 0.7);
    test::check_gradients(net, samples);
  }
}

TEST_CASE("A residual block of zero weights is the identity, and so is its gradient") {
  auto net = sequential<double>(block(3, 4));
  const Matrix<double> x = random_matrix<double>(3, 5, 2), dy = random_matrix<double>(3, 5, 3);
  CHECK(net.forward(x) == x);
  Matrix<double> dx;
  net.backward(x, dy, dx);
  CHECK(dx == dy);
}

TEST_CASE("Dropout inside a residual block drops what is added, in forward and backward alike") {
  auto net = sequential<float>(Residual(Dense(40, 40, NoBias{}), Dropout{0.5}));
  assign(net, "0.body.0.weight", Matrix<float>::Identity(40, 40));
  const Matrix<float> x = Matrix<float>::Ones(40, 3);
  const Matrix<float> first = net.forward(x);
  for (int pass = 0; pass < 3; ++pass) {
    const Matrix<float> y = net.forward(x);  // 1 + 0 or 1 + 2
    CHECK((y.array() == 1 || y.array() == 3).all());
    CHECK(y != first);
    Matrix<float> dx;
    net.backward(x, x, dx);
    CHECK(dx == y);
  }
  CHECK(net.predict(x) == 2 * x);
}

TEST_CASE("Dropout far inside draws other numbers than at another place") {
  // The ways differ in the outermost place only: 0 and 1, and then the same five blocks.
  const auto drops = Residual(Residual(Residual(Residual(Residual(Dense(40, 40, NoBias{}), Dropout{0.5})))));
  auto net = sequential<float>(drops, drops);
  const std::string path = ".body.0.body.0.body.0.body.0.body.0.weight";
  for (const char* place : {"0", "1"}) assign(net, place + path, Matrix<float>::Identity(40, 40));
  const Matrix<float> x = Matrix<float>::Ones(40, 1);
  net.forward(x);
  const Matrix<float> first = net.activation(0), second = net.activation(1);
  CHECK((first.array() == 5 || first.array() == 7).all());  // four blocks add 1 each, the innermost 0 or 2
  CHECK(second.cwiseQuotient(first) != first);
}

TEMPLATE_TEST_CASE("A residual block keeps as much as it says", "", float, double) {
  test::check_kept<TestType>(block(5, 3));
  test::check_kept<TestType>(Residual(block(5, 3), Dropout{0.3}, Dense(5, 5), ReLU{}));
}

TEST_CASE("A block around a block adds twice") {
  STATIC_REQUIRE(std::same_as<decltype(Residual(block(3, 2))), Residual<decltype(block(3, 2))>>);
  STATIC_REQUIRE(std::same_as<decltype(Residual{block(3, 2)}), Residual<decltype(block(3, 2))>>);
  const Matrix<float> x = random_matrix<float>(3, 2, 1);
  auto net = sequential<float>(Residual(block(3, 2)));
  CHECK(net.predict(x) == 2 * x);  // of zero weights
}

TEST_CASE("A residual block needs as many outputs as inputs") {
  CHECK(message_of([] { Residual(Dense(4, 3), ReLU{}); }) ==
        "Residual: expected as many outputs as inputs, 4, found 3");
  CHECK(message_of([] { Residual(Dense(2, 3), Tanh{}, Dense(4, 2)); }) ==
        "layer 2: expected 3 inputs, what layer 1 gives, found a layer with 4 inputs");
  CHECK_THROWS_AS(Residual(Dense(2, 2), LeakyReLU{-1}), ValueError);
  CHECK_THROWS_AS(sequential<float>(Dense(3, 4), block(5, 2)), ShapeError);
  STATIC_REQUIRE(Residual<Dense<4, 2>, ReLU, Dense<2, 4>>::input_extent == 4);
  STATIC_REQUIRE(Residual<Dense<>, ReLU, Dense<2, 4>>::output_extent == 4);
}

TEST_CASE("Residual blocks are values that can be compared") {
  CHECK(block(3, 2) == block(3, 2));
  CHECK(Residual(Dense(3, 3, MaxNorm{1})) != Residual(Dense(3, 3, MaxNorm{2})));
}
