// SPDX-License-Identifier: MIT
#include "espalier/layer/dropout.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

static_assert(Layer<Dropout>);

namespace {

/// A net whose outputs are its inputs, but for dropout.
template <Scalar S, class... Layers>
auto transparent(Index width, const Layers&... layers) {
  auto net = sequential<S>(Dense(width, width, NoBias{}), layers...);
  assign(net, "0.weight", Matrix<S>::Identity(width, width));
  return net;
}

}  // namespace

TEMPLATE_TEST_CASE("Dropout zeroes the given share and scales the rest to keep the mean", "", float, double) {
  const Index n = 40000;
  const double rate = GENERATE(0.1, 0.5, 0.9);
  Matrix<TestType> x = Matrix<TestType>::Ones(4, n / 4), y(4, n / 4);
  Dropout{rate}.forward(x, y, Pass{true, 7, 0});
  const auto kept = static_cast<double>((y.array() != 0).count());
  const double deviation = std::sqrt(n * rate * (1 - rate));
  CHECK(std::abs(kept - n * (1 - rate)) < 4 * deviation);
  CHECK((y.array() == 0 || y.array() == static_cast<TestType>(1 / (1 - rate))).all());
}

TEST_CASE("The backward pass of dropout uses the mask of its forward pass") {
  auto net = transparent<float>(20, Dropout{0.5});
  const Matrix<float> x = Matrix<float>::Ones(20, 1);
  for (int pass = 0; pass < 3; ++pass) {
    const Matrix<float> y = net.forward(x);
    net.backward(x, Matrix<float>::Ones(20, 1));
    // The weight's gradient is dy x' = dy in every column.
    CHECK(Eigen::Map<const WeightMatrix<float>>(net.gradients().data(), 20, 20).col(3) == y);
  }
}

TEST_CASE("Every pass, every layer and every sample has a mask of its own") {
  auto net = transparent<float>(30, Dropout{0.5});
  const Matrix<float> x = Matrix<float>::Ones(30, 2), first = net.forward(x), second = net.forward(x);
  CHECK(first != second);
  CHECK(first.col(0) != first.col(1));
  auto twice = transparent<float>(30, Dropout{0.5}, Dropout{0.5});
  const Matrix<float> both = twice.forward(x);
  CHECK((both.array() == 4).any());
  CHECK((both.array() == 0 || both.array() == 4).all());
  CHECK(both.sum() < 2 * first.sum());  // the same mask twice would only double what is left
}

TEST_CASE("Outside training, and at rate 0, dropout is the identity") {
  const Matrix<float> x = random_matrix<float>(6, 3, 1);
  auto net = transparent<float>(6, Dropout{0.9});
  CHECK(net.predict(x) == x);
  auto whole = transparent<float>(6, Dropout{0});
  CHECK(whole.forward(x) == x);
}

TEST_CASE("A copied net draws the masks that the original would have drawn") {
  auto net = transparent<float>(30, Dropout{0.5});
  const Matrix<float> x = Matrix<float>::Ones(30, 2);
  net.forward(x);
  auto copy = net;
  CHECK(Matrix<float>(copy.forward(x)) == net.forward(x));
}

TEST_CASE("Dropout refuses a rate outside [0, 1)") {
  CHECK(message_of([] { Sequential(Dense(1, 1), Dropout{1}); }) ==
        "Dropout: expected 0 <= probability < 1, found 1");
  CHECK_THROWS_AS(Sequential(Dense(1, 1), Dropout{-0.1}), ValueError);
}
