// SPDX-License-Identifier: MIT
// Parameters that are one, frozen or added up.
#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

auto three_layers() {
  auto net = sequential<double>(Dense(3, 3), Tanh{}, Dense(3, 3), Dense(3, 2, L1{0.1}));
  initialize(net, {.seed = 1});
  return net;
}

double backward(auto& net, const Matrix<double>& x, const Matrix<double>& t) {
  Matrix<double> gradient;
  const double loss = MeanSquared{}(net.forward(x), t, gradient);
  net.backward(x, gradient);
  return loss;
}

}  // namespace

TEST_CASE("Tied weights are one: their gradient is that of both places") {
  auto net = three_layers();
  tie(net, "0.weight", "2.weight");
  CHECK(parameter(net, "2.weight") == parameter(net, "0.weight"));
  const Matrix<double> x = random_matrix<double>(3, 5, 1), t = random_matrix<double>(2, 5, 2);
  backward(net, x, t);
  const Matrix<double> found = gradient(net, "0.weight");
  Matrix<double> w = parameter(net, "0.weight");
  for (Index i = 0; i < w.size(); ++i) {
    const double value = w(i), h = 1e-5;
    const auto loss_at = [&](double moved) {
      w(i) = moved;
      assign(net, "0.weight", w);
      return MeanSquared{}(net.forward(x), t);
    };
    const double slope = (loss_at(value + h) - loss_at(value - h)) / (2 * h);
    loss_at(value);
    CHECK(found(i) == Approx(slope).epsilon(1e-6).margin(1e-9));
  }
}

TEST_CASE("Tied weights stay one in training, and are counted once") {
  auto net = three_layers();
  const Index before = count(net);
  tie(net, "0.weight", "2.weight");
  CHECK(count(net) == before - 9);
  Optimizer optimizer{Adam{.learning_rate = 0.1}, MaxNorm{1}};
  const Matrix<double> x = random_matrix<double>(3, 5, 1), t = random_matrix<double>(2, 5, 2);
  for (int step = 0; step < 10; ++step) {
    backward(net, x, t);
    optimizer.step(net);
  }
  CHECK(parameter(net, "2.weight") == parameter(net, "0.weight"));
  CHECK(feasible(net));
}

TEST_CASE("A tie that makes no sense is refused in one sentence, and nothing changes") {
  auto net = three_layers();
  const auto before = net;
  CHECK(message_of([&] { tie(net, "0.weight", "3.weight"); }) ==
        "3.weight: expected the shape of what it is tied to, 3 x 3, found 2 x 3");
  CHECK(
      message_of([&] { tie(net, "0.weight", "1.weight"); }) ==
      "parameter: expected a path that is one of 0.weight, 0.bias, 2.weight, 2.bias, 3.weight, 3.bias, found "
      "1.weight");
  CHECK_THROWS_AS(tie(net, "0.weight", "0.weight"), ValueError);
  auto constrained = sequential<double>(Dense(3, 3), Dense(3, 3, L1{1}));
  CHECK(message_of([&] { tie(constrained, "0.weight", "1.weight"); }) ==
        "1.weight: expected the kind and the policies of what it is tied to (yours need operator==), found "
        "others");
  CHECK(net == before);
  tie(net, "0.weight", "2.weight");
  CHECK_THROWS_AS(tie(net, "2.weight", "0.weight"), ValueError);
  CHECK(message_of([&] { assign(net, "2.weight", parameter(net, "0.weight")); }) ==
        "2.weight: expected the path that it is tied to, 0.weight, found a tied one");
}

TEST_CASE("Parameters are frozen by pattern; none that fits is an error that lists the paths") {
  auto net = three_layers();
  freeze(net, "*.bias");
  for (const auto& e : net.parameters().entries()) CHECK(e.frozen == e.path.ends_with("bias"));
  unfreeze(net, "2.*");
  CHECK_FALSE(net.parameters().at("2.bias").frozen);
  CHECK(net.parameters().at("0.bias").frozen);
  CHECK(
      message_of([&] { freeze(net, "7.*"); }) ==
      "parameter: expected a path that is one of 0.weight, 0.bias, 2.weight, 2.bias, 3.weight, 3.bias, found "
      "7.*");
}

TEST_CASE("What is tied is frozen together, whichever of its paths is named") {
  auto net = three_layers();
  tie(net, "0.weight", "2.weight");
  freeze(net, "2.weight");
  const Matrix<double> before = parameter(net, "2.weight");
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  const Matrix<double> inputs = random_matrix<double>(3, 8, 1), dy = random_matrix<double>(2, 8, 2);
  net.forward(inputs);
  net.backward(inputs, dy);
  optimizer.step(net);
  CHECK(parameter(net, "2.weight") == before);
  CHECK(parameter(net, "0.weight") == before);
  CHECK(net.parameters().at("0.weight").frozen);
  unfreeze(net, "0.weight");
  CHECK_FALSE(net.parameters().at("2.weight").frozen);
}

TEST_CASE("A frozen parameter does not become another by a tie") {
  auto net = three_layers();
  freeze(net, "2.weight");
  const auto before = net;
  CHECK(message_of([&] { tie(net, "0.weight", "2.weight"); }) ==
        "2.weight: expected two parameters that are both frozen, or both not, found one that is frozen");
  CHECK(net == before);
}

TEST_CASE("Buffers alone cannot be frozen, since layers write them") {
  Parameters<double> parameters;
  parameters.add("0.weight", ParameterKind::weight, 2, 2);
  parameters.add("0.mean", ParameterKind::buffer, 2, 1);
  CHECK(message_of([&] { parameters.freeze("*.mean"); }) ==
        "*.mean: expected a pattern that fits what is trained, found buffers only");
  parameters.freeze("0.*");
  CHECK(parameters.at("0.weight").frozen);
}

TEST_CASE("Frozen weights outside the sets of an optimizer are refused before anything changes") {
  auto net = three_layers();
  assign(net, "0.weight", 5 * Matrix<double>::Identity(3, 3));
  freeze(net, "0.weight");
  const auto before = net;
  Optimizer optimizer{Adam{}, MaxNorm{1}};
  CHECK(message_of([&] { optimizer.prepare(net); }) ==
        "0.weight: expected frozen weights inside the sets of the optimizer, found weights outside: unfreeze "
        "them "
        "first");
  CHECK(net == before);
  CHECK(net.parameters().at("2.weight").pack.empty());
}

TEST_CASE("Gradients of two batches add up to those of both together") {
  auto net = three_layers();
  const Matrix<double> x = random_matrix<double>(3, 8, 1), dy = random_matrix<double>(2, 8, 2);
  net.forward(x);
  net.backward(x, dy);
  const Matrix<double> all = gradient(net, "0.weight"), biases = gradient(net, "3.bias");
  net.forward(x.leftCols(3));
  net.backward(x.leftCols(3), dy.leftCols(3));
  net.forward(x.rightCols(5));
  net.backward(x.rightCols(5), dy.rightCols(5), {.add = true});
  CHECK((gradient(net, "0.weight") - all).norm() <= 1e-14 * all.norm());
  CHECK((gradient(net, "3.bias") - biases).norm() <= 1e-14 * biases.norm());
}

TEST_CASE("The gradient of the inputs is that of central differences") {
  auto net = three_layers();
  Matrix<double> x = random_matrix<double>(3, 4, 1);
  const Matrix<double> t = random_matrix<double>(2, 4, 2);
  const auto slope_of_loss = [&](const auto& y) {
    Matrix<double> gradient;
    MeanSquared{}(y, t, gradient);
    return gradient;
  };
  const Matrix<double> found = input_gradient(net, x, slope_of_loss);
  for (Index i = 0; i < x.size(); ++i) {
    const double value = x(i), h = 1e-5;
    x(i) = value + h;
    const double above = MeanSquared{}(net.predict(x), t);
    x(i) = value - h;
    const double below = MeanSquared{}(net.predict(x), t);
    x(i) = value;
    CHECK(found(i) == Approx((above - below) / (2 * h)).epsilon(1e-6).margin(1e-9));
  }
}
