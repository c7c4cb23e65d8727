// SPDX-License-Identifier: MIT
#include "espalier/optimizer/saved_optimizer.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

auto small_net() {
  auto net = sequential<double>(Dense(2, 3), Tanh{}, Dense(3, 1, MaxNorm{1}));
  initialize(net, Rng{1});
  return net;
}

template <class R>
std::vector<std::string> names(const R& rule) {
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  std::vector<std::string> result;
  for (const auto& n : Optimizer{rule}.state(net).numbers) result.push_back(n.name);
  return result;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("A fresh optimizer goes on from what another has saved, bit for bit") {
  auto net = small_net();
  const auto fresh = [] { return Optimizer{Adam{.learning_rate = 0.1}, ClipNorm{1}, Clip{-0.5, 0.5}}; };
  auto first = fresh(), second = fresh();
  first.scale_rate(0.5);
  random_steps(net, first, 5, 1);
  const SavedOptimizer saved = first.state(net);
  CHECK(saved.rule == "Adam");
  CHECK(saved.steps == 5);
  auto other = net;
  second.restore(other, saved);
  CHECK(second.state(other) == saved);
  random_steps(net, first, 5, 2);
  random_steps(other, second, 5, 2);
  CHECK(other == net);
  CHECK(second.state(other) == first.state(net));
  CHECK(second.steps() == 10);
}

TEST_CASE("A used optimizer goes back to what it has saved") {
  auto net = small_net();
  Optimizer optimizer{SGD{.learning_rate = 0.1, .momentum = 0.9}};
  random_steps(net, optimizer, 3, 1);
  const auto there = net;
  const auto saved = optimizer.state(net);
  random_steps(net, optimizer, 3, 2);
  const auto expected = net;
  net = there;
  optimizer.restore(net, saved);
  random_steps(net, optimizer, 3, 2);
  CHECK(net == expected);
}

TEST_CASE("States are named by parameter and rule, have its shape, and are the moments of the textbook") {
  auto net = sequential<double>(Dense(1, 2, NoBias{}), BatchNorm(2));
  Optimizer optimizer{Adam{.beta1 = 0.9, .beta2 = 0.99}};
  std::fill(net.gradients().begin(), net.gradients().end(), 0);
  net.gradients()[1] = 2;
  optimizer.step(net);
  const auto saved = optimizer.state(net);
  REQUIRE(saved.numbers.size() ==
          6);  // of weight, gain and bias; the running means are no business of a rule
  CHECK(saved.numbers[0].name == "0.weight.first_moment");
  CHECK(saved.numbers[0].rows == 2);
  CHECK(saved.numbers[0].cols == 1);
  CHECK(saved.numbers[0].numbers[0] == 0);
  CHECK(saved.numbers[0].numbers[1] == Approx(0.1 * 2));
  CHECK(saved.numbers[1].name == "0.weight.second_moment");
  CHECK(saved.numbers[1].numbers[1] == Approx(0.01 * 4));
  CHECK(saved.numbers[5].name == "1.bias.second_moment");
}

TEST_CASE("Each rule names its states") {
  CHECK(names(SGD{}) == Names{});
  CHECK(names(SGD{.momentum = 0.5}) == Names{"0.weight.momentum"});
  CHECK(names(AMSGrad{}) ==
        Names{"0.weight.first_moment", "0.weight.second_moment", "0.weight.largest_second_moment"});
  CHECK(names(RMSProp{.centered = true}) ==
        Names{"0.weight.mean_square", "0.weight.momentum", "0.weight.mean"});
  CHECK(names(Adagrad{}) == Names{"0.weight.sum_of_squares"});
  CHECK(names(Lion{}) == Names{"0.weight.momentum"});
}

TEST_CASE("What is saved of another rule or model, or is not finite, is refused, and nothing changes") {
  auto net = small_net();
  Optimizer optimizer{Adam{}};
  random_steps(net, optimizer, 2, 1);
  const auto saved = optimizer.state(net);
  const auto before = net;
  const auto refusal = [&](auto&& spoil) {
    auto spoiled = saved;
    spoil(spoiled);
    Optimizer fresh{Adam{}, Clip{-1e-3, 1e-3}};
    const std::string message = message_of([&] { fresh.restore(net, spoiled); });
    CHECK_THROWS_AS(optimizer.restore(net, spoiled), Error);
    CHECK(net == before);
    CHECK(fresh.steps() == 0);
    CHECK(optimizer.state(net) == saved);
    return message;
  };
  CHECK(refusal([](auto& s) { s.rule = "Lion"; }) ==
        "optimizer: expected the state of a rule Adam, found Lion");
  CHECK(refusal([](auto& s) { s.steps = -1; }) == "optimizer: expected a number of steps >= 0, found -1");
  CHECK(refusal([](auto& s) { s.rate_factor = std::nan(""); }) ==
        "optimizer: expected rate_factor >= 0 and finite, found nan");
  CHECK(refusal([](auto& s) { s.numbers[0].name = "weight"; }) ==
        "0.weight.first_moment: expected these numbers of the optimizer, found none of that name");
  CHECK(refusal([](auto& s) { std::swap(s.numbers[1].rows, s.numbers[1].cols); }) ==
        "0.weight.second_moment: expected 3 x 2, found 2 x 3");
  CHECK(refusal([](auto& s) { s.numbers[1].numbers.pop_back(); }) ==
        "0.weight.second_moment: expected 6 numbers, found 5");
  CHECK(refusal([](auto& s) { s.numbers[2].numbers[0] = std::nan(""); }) ==
        "0.bias.first_moment: expected finite numbers, found NaN or infinity");
  CHECK(refusal([](auto& s) {
          s.numbers.push_back({"9.weight", 1, 1, {0}});
        }) == "optimizer: expected the 8 states of this rule and model, found 9");
  auto other = sequential<double>(Dense(2, 3));
  CHECK_THROWS_AS(optimizer.state(other), ShapeError);
}

TEST_CASE("Before its first step an optimizer keeps zeros") {
  auto net = small_net();
  Optimizer optimizer{Adam{}};
  const auto saved = optimizer.state(net);
  CHECK(saved.steps == 0);
  REQUIRE(saved.numbers.size() == 8);
  for (const auto& n : saved.numbers)
    CHECK(std::all_of(n.numbers.begin(), n.numbers.end(), [](double x) { return x == 0; }));
}

TEST_CASE("Of a model that it has not trained, an optimizer has kept nothing, whatever it keeps of another") {
  auto net = sequential<double>(Dense(2, 1, NoBias{})), other = net;
  initialize(net, {.seed = 1});
  initialize(other, {.seed = 2});
  Optimizer optimizer{Adam{}};
  net.gradients()[0] = 1;
  optimizer.step(net);
  CHECK(optimizer.state(net).steps == 1);
  CHECK(optimizer.state(net).numbers[0].numbers[0] != 0);
  CHECK(optimizer.state(other).steps == 0);
  CHECK(optimizer.state(other).numbers[0].numbers == std::vector<double>{0, 0});
}
