// SPDX-License-Identifier: MIT
#include "espalier/optimizer/muon.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/nuclear_norm.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(MatrixRule<Muon>);

namespace {

using Map = Eigen::Map<const WeightMatrix<double>>;

/// What one step of Muon at rate 1 does to a weight of zeros with random gradients.
WeightMatrix<double> step(const Muon& rule, Index rows, Index cols) {
  auto net = sequential<double>(Dense(cols, rows, NoBias{}));
  Optimizer optimizer{rule};
  random_steps(net, optimizer, 1, 3);
  return Map(net.values().data(), rows, cols);
}

}  // namespace

TEST_CASE("A step is orthogonal, times the scale") {
  Muon rule{.learning_rate = 1};
  const WeightMatrix<double> wide = step(rule, 3, 7), tall = step(rule, 12, 3);
  CHECK((wide * wide.transpose() - Matrix<double>::Identity(3, 3)).norm() < 1e-13);
  CHECK((tall.transpose() * tall / 4 - Matrix<double>::Identity(3, 3)).norm() < 1e-13);  // sqrt(12 / 3)^2
  rule.scale = MuonScale::adam;
  const WeightMatrix<double> like_adam = step(rule, 5, 25);
  CHECK((like_adam * like_adam.transpose() - Matrix<double>::Identity(5, 5)).norm() < 1e-13);  // 0.2 sqrt(25)
  CHECK(std::sqrt(like_adam.squaredNorm() / 125) == Approx(0.2));  // as much as sign-like steps of Adam
}

TEST_CASE("Of a diagonal gradient the step is its signs; momentum and Nesterov's look ahead decide them") {
  auto net = sequential<double>(Dense(2, 2, NoBias{}));
  Optimizer optimizer{Muon{.learning_rate = 0.1, .momentum = 0.5}};
  using Moved = std::vector<double>;  // exact: the singular vectors are unit vectors
  const auto with = [&](double a, double b) {
    std::fill(net.gradients().begin(), net.gradients().end(), 0.0);
    net.gradients()[0] = a, net.gradients()[3] = b;
    optimizer.step(net);
    return std::vector{net.values()[0], net.values()[3]};
  };
  CHECK(with(2, -3) == Moved{-0.1, 0.1});
  // m = (1, -1.5), then (0, -0.25); ahead of it 0.5 m + 0.5 g = (-0.5, 0.375), of the other signs
  CHECK(with(-1, 1) == Moved{0, 0});
  CHECK(net.values()[1] == 0);
}

TEST_CASE("Biases and weights of one row move as Adam's do") {
  auto net = sequential<double>(Dense(3, 1)), same = sequential<double>(Dense(3, 1));
  Optimizer muon{Muon{.other_rate = 0.01}};
  Optimizer adam{Adam{.learning_rate = 0.01, .beta2 = 0.95, .epsilon = 1e-10}};
  random_steps(net, muon, 5, 4), random_steps(same, adam, 5, 4);
  for (std::size_t i = 0; i < net.values().size(); ++i) CHECK(net.values()[i] == Approx(same.values()[i]));
  muon.scale_rate(0);
  const auto before = numbers_of(net);
  random_steps(net, muon, 1, 5);
  CHECK(numbers_of(net) == before);
}

TEST_CASE("With a rate that falls it comes to rest at the minimum of a quadratic") {
  auto net = sequential<double>(Dense(4, 3));
  const auto goal = random_matrix<double>(16, 1, 5);
  Optimizer optimizer{Muon{.learning_rate = 0.1, .other_rate = 0.1}};
  for (int k = 0; k < 1800; ++k) {
    optimizer.scale_rate(std::pow(0.99, k));
    Index i = 0;
    net.for_each_parameter([&](const auto& p) {
      for (Index j = 0; j < p.size(); ++j, ++i)
        p.gradients[j] = static_cast<double>(1 + i % 3) * (p.values[j] - goal(i % 16));
    });
    optimizer.step(net);
  }
  Index i = 0;
  net.for_each_parameter([&](const auto& p) {
    for (Index j = 0; j < p.size(); ++j, ++i) CHECK(p.values[j] == Approx(goal(i % 16)).margin(1e-5));
  });
}

TEST_CASE("With SpectralBall it comes to rest at the optimum over the ball") {
  // min norm(W - T)^2 / 2: the singular values of T, cut off. T is turned, so that no number rests by itself.
  auto net = sequential<double>(Dense(3, 3, NoBias{}, SpectralBall{1}));
  const WeightMatrix<double> turned = random_matrix<double>(3, 3, 6);
  std::vector<double> cut(turned.data(), turned.data() + 9), room(36);
  detail::project_spectral_norm(Block<double>{cut.data(), 3, 3}, 1, room.data());
  REQUIRE((Map(cut.data(), 3, 3) - turned).norm() > 0.3);
  Optimizer optimizer{Muon{.learning_rate = 0.1}};
  for (int k = 0; k < 800; ++k) {
    optimizer.scale_rate(std::pow(0.98, k));
    for (std::size_t i = 0; i < 9; ++i) net.gradients()[i] = net.values()[i] - turned.data()[i];
    optimizer.step(net);
  }
  CHECK(feasible(net));
  CHECK((Map(net.values().data(), 3, 3) - Map(cut.data(), 3, 3)).norm() < 1e-5);
}

TEST_CASE("Decay bounds the 2-norm by one over its strength, as Frank and Wolfe's method does") {
  auto net = sequential<double>(Dense(3, 3, NoBias{}, WeightDecay{2}));
  Optimizer optimizer{Muon{.learning_rate = 0.05, .momentum = 0, .nesterov = false}};
  for (int k = 0; k < 400; ++k) {
    std::fill(net.gradients().begin(), net.gradients().end(), 0.0);
    net.gradients()[0] = -1, net.gradients()[4] = 1, net.gradients()[8] = -1;  // for ever
    optimizer.step(net);
  }
  CHECK(net.values()[0] == Approx(0.5));
  CHECK(net.values()[4] == Approx(-0.5));
}

TEST_CASE("Sets in the Euclidean metric hold; others, and penalties with a prox, are refused") {
  Sequential net{Dense(6, 5, MaxNorm{.radius = 0.1, .metric = Metric::euclidean}),
                 Dense(5, 4, SpectralBall{0.3})};
  initialize(net, {.seed = 1});
  Optimizer optimizer{Muon{}};
  random_steps(net, optimizer, 10, 7);
  CHECK(feasible(net));
  CHECK(net.parameters().at("0.weight").activity[0].acted == 10);
  Sequential in_metric{Dense(6, 5, MaxNorm{0.1})};
  Sequential low_rank{Dense(6, 5, NuclearNorm{0.1})};
  CHECK(message_of([&] { Optimizer{Muon{}}.prepare(in_metric); }).find("found MaxNorm") != std::string::npos);
  CHECK(message_of([&] { Optimizer{Muon{}}.prepare(low_rank); }).find("found NuclearNorm") !=
        std::string::npos);
}

TEST_CASE("An output head that is elementwise moves as Adam's do, and hidden weights as without it") {
  auto net = sequential<double>(Dense(3, 4), Dense(4, 3)), whole = net, adams = net;
  for (auto* one : {&net, &whole, &adams}) initialize(*one, {.seed = 1});
  Optimizer mixed{Muon{.other_rate = 0.01}, On{"1.weight", Elementwise{}, RateFactor{0.5}, WeightDecay{0.1}}};
  Optimizer muon{Muon{.other_rate = 0.01}};
  Optimizer adam{Adam{.learning_rate = 0.005, .beta2 = 0.95, .epsilon = 1e-10}, WeightDecay{0.1}};
  for (int half = 0; half < 2; ++half) {
    const auto seed = static_cast<std::uint64_t>(half);
    random_steps(net, mixed, 4, seed), random_steps(whole, muon, 4, seed), random_steps(adams, adam, 4, seed);
    mixed.scale_rate(0.25), muon.scale_rate(0.25), adam.scale_rate(0.25);
  }
  CHECK(parameter(net, "0.weight") == parameter(whole, "0.weight"));
  CHECK((parameter(net, "1.weight") - parameter(adams, "1.weight")).norm() < 1e-14);
  CHECK((parameter(net, "1.weight") - parameter(whole, "1.weight")).norm() > 1e-2);
}

TEST_CASE("The step of an elementwise weight has a metric, in which sets and penalties follow") {
  Sequential net{Dense(6, 5), Dense(5, 4)};
  initialize(net, {.seed = 1});
  Optimizer optimizer{Muon{}, On{"1.weight", Elementwise{}, MaxNorm{0.1}}};
  random_steps(net, optimizer, 5, 8);
  CHECK(feasible(net));
  CHECK(net.parameters().at("1.weight").activity[0].acted > 0);
}

TEST_CASE("Elementwise for a pattern that fits no weight is refused") {
  Sequential net{Dense(3, 2), Dense(2, 2)};
  CHECK(message_of([&] {
          Optimizer{Muon{}, On{"2.weight", Elementwise{}}}.prepare(net);
        }) == "parameter: expected a path that is one of 0.weight, 0.bias, 1.weight, 1.bias, found 2.weight");
  CHECK(message_of([&] {
          Optimizer{Muon{}, On{"1.b*", Elementwise{}}}.prepare(net);
        }) == "1.b*: expected a pattern that fits a weight, which Elementwise is for, found 1.bias");
}

TEST_CASE("Muon refuses options that make no sense") {
  CHECK_THROWS_AS(Optimizer{Muon{.learning_rate = 0}}, ValueError);
  CHECK_THROWS_AS(Optimizer{Muon{.momentum = 1}}, ValueError);
  CHECK_THROWS_AS(Optimizer{Muon{.other_rate = -1}}, ValueError);
  CHECK(message_of([] { Optimizer{Muon{.at_bound = AtBound::zero}}; }) ==
        "Muon: expected at_bound keep, found another");
}
