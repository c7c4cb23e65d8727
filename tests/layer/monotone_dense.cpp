// SPDX-License-Identifier: MIT
#include "espalier/layer/monotone_dense.hpp"

#include <cmath>
#include <vector>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/model/access.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/testing/gradient_check.hpp"

using namespace espalier;

namespace {

/// The derivative by a weight w of the loss above * y(1) + below * y(-1): it is `above` where w > 0, `below`
/// where w < 0.
double derivative(double w, double above, double below) {
  auto net = sequential<double>(MonotoneDense(1, 1, NoBias{}));
  assign(net, "0.weight", Matrix<double>{{w}});
  const Matrix<double> x{{1, -1}};
  net.forward(x);
  net.backward(x, Matrix<double>{{above, below}});
  return net.gradients()[0];
}

}  // namespace

TEST_CASE("It is the formula: positive weights of s(x), negative ones of s(-x)") {
  auto net = stirred<double>(1, MonotoneDense(4, 3, Softplus{2}));
  const Matrix<double> w = parameter(net, "0.weight"), x = random_matrix<double>(4, 5, 2);
  const Vector<double> b = parameter(net, "0.bias");
  const auto s = [](double v) { return std::log1p(std::exp(2 * v)) / 2; };
  CHECK(((w.array() > 0).any() && (w.array() < 0).any()));
  const Matrix<double> y = net.forward(x);
  for (Index n = 0; n < 5; ++n)
    for (Index j = 0; j < 3; ++j) {
      double sum = b(j);
      for (Index i = 0; i < 4; ++i) sum += w(j, i) > 0 ? w(j, i) * s(x(i, n)) : w(j, i) * s(-x(i, n));
      CHECK(y(j, n) == Approx(sum).epsilon(1e-14));
    }
}

TEST_CASE("Its gradients are those of central differences") {
  for (const Index width : {2, 3, 9}) {
    auto net = stirred<double>(2, Dense(4, width), MonotoneDense(width, width, Tanh{}),
                               MonotoneDense(width, width, Softplus{}, WeightNorm{}),
                               MonotoneDense(width, 2, Identity{}, NoBias{}));
    for (const GradientError& error :
         gradient_check(net, MeanSquared{}, random_matrix<double>(4, 6, 3), random_matrix<double>(2, 6, 4))) {
      CAPTURE(width, error.parameter);
      CHECK(error.relative < 1e-6);
    }
  }
}

TEMPLATE_TEST_CASE("No output falls when an input rises, whatever the weights are", "", float, double) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    auto net = stirred<TestType>(seed, MonotoneDense(3, 9), MonotoneDense(9, 8, Tanh{}, WeightNorm{}),
                                 MonotoneDense(8, 2, ELU{}));
    const Matrix<TestType> x = random_matrix<TestType>(3, 40, seed);
    const Matrix<TestType> above = x + random_matrix<TestType>(3, 40, seed + 10).cwiseAbs();
    const Matrix<TestType> y = net.forward(x), risen = net.forward(above);
    CHECK(((risen - y).array() >= 0).all());
    CHECK((risen - y).maxCoeff() > 0);
  }
}

TEST_CASE("ReLU bends to both sides: one layer is neither convex nor concave") {
  auto net = sequential<double>(MonotoneDense(1, 2, NoBias{}));
  assign(net, "0.weight", Matrix<double>{{2}, {-3}});
  const Matrix<double> y = net.forward(Matrix<double>{{-1, 0, 1}});
  CHECK(y == Matrix<double>{{0, 0, 2}, {-3, 0, 0}});
}

TEST_CASE("A weight of zero moves to the side to which the loss falls the steeper, or stays") {
  // It rises by `above` per unit of a weight above 0, and by -`below` per unit of one below.
  CHECK(derivative(0, -2, 1) == -2);
  CHECK(derivative(0, -2, 3) == 3);
  CHECK(derivative(0, -2, -3) == -2);
  CHECK(derivative(0, 2, 3) == 3);
  CHECK(derivative(0, 2, -3) == 0);
  CHECK(derivative(-1e-9, -2, 3) == 3);
  CHECK(derivative(1e-9, -2, 3) == -2);
}

TEST_CASE("Policies hold: they are those of W, and sets contain it after every step") {
  auto net = sequential<float>(MonotoneDense(5, 7, MaxNorm{.radius = 0.5}, Bias{Clip{-0.1, 0.1}}),
                               MonotoneDense(7, 2, Tanh{}, Clip{-0.2, 0.3}));
  initialize(net, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  for (int k = 0; k < 5; ++k) {
    random_steps(net, optimizer, 1, static_cast<std::uint64_t>(k));
    CHECK(feasible(net));
  }
  CHECK(effective_weight(net, "1.weight").minCoeff() == Approx(-0.2));
}

TEST_CASE("Inputs that are all equal keep their mean square through layers of ReLU, as they start") {
  double sum = 0;
  const int nets = 40;
  for (int k = 0; k < nets; ++k) {
    auto net = sequential<double>(MonotoneDense(64, 64), MonotoneDense(64, 64));
    initialize(net, {.seed = static_cast<std::uint64_t>(k)});
    sum += net.forward(Matrix<double>::Ones(64, 1)).squaredNorm() / 64 / nets;
  }
  CHECK(sum == Approx(1).margin(0.15));
}

TEST_CASE("What is not a number is not hidden by the signs") {
  const MonotoneDense layer(2, 1);
  std::vector<double> numbers{1, std::nan(""), 0}, kept(static_cast<std::size_t>(layer.kept_of<double>(1)));
  const Index offsets[]{0, 2};
  Call<double> call;
  call.values = numbers.data(), call.offsets = offsets, call.kept = kept.data();
  const Matrix<double> x = Matrix<double>::Ones(2, 1);
  Matrix<double> y(1, 1);
  layer.forward(call, x, y);
  CHECK(y.hasNaN());
}

TEST_CASE("Sizes and activations that make no sense are refused") {
  CHECK(message_of([] { MonotoneDense(0, 3); }) ==
        "MonotoneDense: expected at least 1 input and 1 output, found 0 -> 3");
  CHECK(
      message_of([] { MonotoneDense(2, 3, GELU{}); })
          .starts_with("MonotoneDense(2, 3): expected an activation that never falls, as ReLU or Tanh, found "
                       "slopes from -0.1"));
  CHECK(message_of([] { MonotoneDense(2, 3, LeakyReLU{-1}); }) != "");
}
