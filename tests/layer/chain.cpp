// SPDX-License-Identifier: MIT
#include "espalier/layer/chain.hpp"

#include "../central_difference.hpp"
#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/testing/gradient_check.hpp"

using namespace espalier;

namespace {

static_assert(Parametric<Chain<Dense<2, 3>>> && Parametric<Residual<Dense<>, Tanh, Dense<>>>);

auto block(Index width, Index hidden) {
  return Residual(Dense(width, hidden, WeightNorm{}), Tanh{}, Dense(hidden, width, MaxNorm{2}));
}

template <Scalar S>
auto deep_net() {
  auto net = sequential<S>(Dense(3, 4), block(4, 6), Tanh{},
                           Residual(block(4, 2), SiLU{}, Dense(4, 4), Tanh{}), Dense(4, 2));
  initialize(net, Rng{1}, PyTorchLinear{});
  return net;
}

}  // namespace

TEST_CASE("Layers inside layers have paths, and a model finds them") {
  const auto net = deep_net<float>();
  std::vector<std::string> paths;
  for (const auto& e : net.parameters().entries()) paths.push_back(e.path);
  CHECK(paths == std::vector<std::string>{
                     "0.weight", "0.bias", "1.body.0.weight", "1.body.0.gain", "1.body.0.bias",
                     "1.body.2.weight", "1.body.2.bias", "3.body.0.body.0.weight", "3.body.0.body.0.gain",
                     "3.body.0.body.0.bias", "3.body.0.body.2.weight", "3.body.0.body.2.bias",
                     "3.body.2.weight", "3.body.2.bias", "4.weight", "4.bias"});
  CHECK(parameter(net, "3.body.0.body.0.weight").rows() == 2);
  CHECK(
      (effective_weight(net, "1.body.0.weight").rowwise().norm() - parameter(net, "1.body.0.gain").cwiseAbs())
          .norm() < 1e-6F);
}

TEST_CASE("Gradients of layers inside layers are right, those of the inputs too") {
  auto net = deep_net<double>();
  const Matrix<double> x = random_matrix<double>(3, 5, 2), weights = random_matrix<double>(2, 5, 3);
  const auto errors = gradient_check(net, MeanSquared{}, x, weights);
  REQUIRE(errors.size() == 16);
  for (const GradientError& error : errors) {
    CAPTURE(error.parameter);
    CHECK(error.relative < 1e-7);
  }
  const Matrix<double> numeric = central_difference(
      [&](const Matrix<double>& at) { return net.forward(at).cwiseProduct(weights).sum(); }, x);
  const Matrix<double> found = input_gradient(net, x, [&](const auto&) { return weights; });
  CHECK((found - numeric).norm() <= 1e-8 * numeric.norm());
}

TEST_CASE("A layer with layers inside may come first, where nobody reads the gradient of its inputs") {
  auto net = sequential<double>(block(3, 4), Dense(3, 2));
  initialize(net, Rng{1});
  const Matrix<double> x = random_matrix<double>(3, 5, 2);
  for (const GradientError& error : gradient_check(net, MeanSquared{}, x, random_matrix<double>(2, 5, 3)))
    CHECK(error.relative < 1e-7);
}

TEST_CASE("Dropout of nested layers draws from streams that differ, and outside training does nothing") {
  // Of ones, each dropout makes 0 or 2, so that 1 + f(1) is 1 or 3: f's mask can be read off.
  const auto masks = Residual(Dense(40, 40, NoBias{}), Dropout{0.5});
  auto net = sequential<float>(masks, Dense(40, 40, NoBias{}), masks, Residual(masks, Dropout{0.5}));
  const Matrix<float> identity = Matrix<float>::Identity(40, 40), x = Matrix<float>::Ones(40, 1);
  for (const char* path : {"0.body.0.weight", "1.weight", "2.body.0.weight", "3.body.0.body.0.weight"})
    assign(net, path, identity);
  const auto mask_of = [&](Index k, const Matrix<float>& before) -> Matrix<float> {
    return (net.activation(k) - before).cwiseQuotient(before);
  };
  net.forward(x);
  const Matrix<float> first = mask_of(0, x), second = mask_of(2, net.activation(1)),
                      both = mask_of(3, net.activation(2));
  for (const Matrix<float>& mask : {first, second}) CHECK((mask.array() == 0 || mask.array() == 2).all());
  CHECK((both.array() == 0 || both.array() == 2 || both.array() == 6).all());
  CHECK(first.sum() > 0);
  CHECK(first != second);
  // Of the innermost: 1 + mask is 3 or 1, which the outer dropout doubles or drops.
  CHECK((both.array() == 2).any());
  CHECK((both.array() == 6).any());
  CHECK(net.predict(x) == 12 * x);
  net.forward(x);
  CHECK(mask_of(0, x) != first);
}

TEST_CASE("The backward pass draws the masks of nested layers again") {
  auto net =
      sequential<float>(Residual(Dense(20, 20, NoBias{}), Residual(Dense(20, 20, NoBias{}), Dropout{0.5})));
  for (const char* path : {"0.body.0.weight", "0.body.1.body.0.weight"})
    assign(net, path, Matrix<float>::Identity(20, 20));
  const Matrix<float> x = Matrix<float>::Ones(20, 1);
  for (int pass = 0; pass < 3; ++pass) {
    const Matrix<float> y = net.forward(x);  // x + (x + mask x)
    Matrix<float> dx;
    net.backward(x, x, dx);
    CHECK(dx == y);
  }
}

TEMPLATE_TEST_CASE("predict is forward without dropout, and a copy computes alike", "", float, double) {
  auto net = deep_net<TestType>();
  const Matrix<TestType> x = random_matrix<TestType>(3, 7, 4), y = net.forward(x);
  CHECK(net.predict(x) == y);
  auto copy = net;
  CHECK(copy == net);
  CHECK(copy.predict(x) == y);
  CHECK(feasible(net));
}

TEMPLATE_TEST_CASE("What a chain says that it keeps is enough, to the last number", "", float, double) {
  const Chain chain(Dense(3, 5, WeightNorm{}), Tanh{}, block(5, 9),
                    Residual(Dense(5, 5), Dropout{0.5}, SiLU{}, Dense(5, 5), ReLU{}), Dense(5, 2));
  Parameters<TestType> parameters;
  detail::Declaration<TestType> declaration(parameters);
  chain.declare(declaration);
  Rng rng(5);
  for (TestType& w : detail::arena(parameters)) w = static_cast<TestType>(rng.normal());
  for (const Index samples : {1, 3, 16, 33})
    for (const std::size_t guard : {0U, 64U}) {  // without guards the sanitizer watches
      const auto kept = static_cast<std::size_t>(chain.template kept_of<TestType>(samples));
      CHECK(kept <= static_cast<std::size_t>(chain.kept(samples)));
      const TestType untouched = 12345;
      detail::AlignedVector<TestType> memory(kept + guard, untouched);
      const Matrix<TestType> x = random_matrix<TestType>(3, samples, 6);
      Matrix<TestType> y(2, samples), dy = random_matrix<TestType>(2, samples, 7), dx(3, samples);
      const Call<TestType> call{parameters.values().data(),
                                parameters.gradients().data(),
                                nullptr,
                                parameters.offsets(),
                                memory.data(),
                                Pass{true, 9, 0}};
      chain.forward(call, x, y);
      chain.backward(call, x, y, dy, dx);
      CHECK(y.allFinite());
      CHECK(dx.allFinite());
      CHECK((dx.array() != 0).any());
      CHECK(std::all_of(memory.begin() + static_cast<std::ptrdiff_t>(kept), memory.end(),
                        [&](TestType number) { return number == untouched; }));
    }
}

TEST_CASE("A chain of one layer keeps nothing of its own, and a longer one what passes between its layers") {
  CHECK(Chain(Dense(3, 5)).kept(10) == 0);
  CHECK(Chain(Dense(3, 5, WeightNorm{})).kept(10) == 16);
  CHECK(Chain(Dense(3, 16), Tanh{}, Dense(16, 2)).kept(2) == (2 + 2) * 32);  // two activations, two gradients
}

TEST_CASE("Widths and options inside a chain are checked when it is built") {
  CHECK(message_of([] { Residual(Dense(2, 3), Tanh{}, Dense(4, 2)); }) ==
        "layer 2: expected 3 inputs, what layer 1 gives, found a layer with 4 inputs");
  CHECK_THROWS_AS(Residual(Dense(2, 2), LeakyReLU{-1}), ValueError);
  CHECK_THROWS_AS(sequential<float>(Dense(3, 4), block(5, 2)), ShapeError);
  STATIC_REQUIRE(Chain<Dense<4, 2>, ReLU>::input_extent == 4);
  STATIC_REQUIRE(Chain<Dense<4, 2>, ReLU>::output_extent == 2);
}
