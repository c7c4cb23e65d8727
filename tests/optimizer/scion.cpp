// SPDX-License-Identifier: MIT
#include "espalier/optimizer/scion.hpp"

#include <limits>

#include "../nets.hpp"
#include "../spectra.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(MatrixRule<Scion>);

namespace {

constexpr ScionBall balls[] = {ScionBall::spectral, ScionBall::rows, ScionBall::numbers};

/// The norm whose ball it is.
double size_of(ScionBall ball, const Matrix<double>& w) {
  if (ball == ScionBall::spectral) return test::two_norm(w);
  return ball == ScionBall::rows ? w.rowwise().norm().maxCoeff() : w.cwiseAbs().maxCoeff();
}

/// How far rounding may lead out of it, as the page of Scion says.
template <Scalar S>
double bound_of(const Scion& rule, Index rows, Index cols) {
  if (rule.ball == ScionBall::numbers) return rule.radius;
  const double n = rule.ball == ScionBall::rows ? 1 : static_cast<double>(std::min(rows, cols));
  const double unit = std::numeric_limits<S>::epsilon() / 2;
  return rule.radius * (1 + unit * std::sqrt(n) * (1 / rule.learning_rate + 8));
}

/// The nearest point of the ball of radius 1, in closed form; for the spectral norm, of fewer rows than
/// columns.
Matrix<double> nearest(ScionBall ball, const Matrix<double>& goal) {
  if (ball == ScionBall::numbers) return goal.cwiseMax(-1).cwiseMin(1);
  if (ball == ScionBall::rows) return goal.array().colwise() / goal.rowwise().norm().array().max(1);
  const auto rows = static_cast<std::size_t>(goal.rows()), cols = static_cast<std::size_t>(goal.cols());
  // goal = sum of u_i s_i v_i', of which v_i s_i are the columns of its transpose, rotated.
  const test::Wide columns =
      test::orthogonal_columns(test::Wide(goal.data(), goal.data() + goal.size()), cols, rows);
  Matrix<double> found = Matrix<double>::Zero(goal.rows(), goal.cols());
  for (std::size_t i = 0; i < rows; ++i) {
    Eigen::VectorXd v(goal.cols());
    for (std::size_t j = 0; j < cols; ++j)
      v(static_cast<Index>(j)) = static_cast<double>(columns[j * rows + i]);
    const double s = v.norm();
    v /= s;
    found += (goal * v) * v.transpose() / std::max(1.0, s);
  }
  return found;
}

}  // namespace

TEMPLATE_TEST_CASE("Weights stay inside the ball without a projection", "", float, double) {
  for (const ScionBall ball : balls)
    for (const double rate : {0.001, 0.05, 0.5}) {
      const Scion rule{
          .learning_rate = rate, .momentum = 0.5, .radius = 0.3, .other_radius = 0.1, .ball = ball};
      auto net = sequential<TestType>(Dense(5, 4), Dense(4, 7));
      Optimizer optimizer{rule};
      for (std::uint64_t k = 0; k < 30; ++k) {
        // Long stretches of one gradient lead to the boundary.
        Rng rng(k % 10 / 4);
        random_gradients(net, rng);
        for (int steps = 0; steps < 20; ++steps) optimizer.step(net);
        for (const char* path : {"0.weight", "1.weight"}) {
          const Matrix<double> w = parameter(net, path).template cast<double>();
          CHECK(size_of(ball, w) <= bound_of<TestType>(rule, w.rows(), w.cols()));
        }
        CHECK(parameter(net, "1.bias").cwiseAbs().maxCoeff() <= static_cast<TestType>(0.1));
      }
      CHECK(size_of(ball, parameter(net, "0.weight").template cast<double>()) >
            (rate < 0.01 ? 0.05 : 0.25));  // it is not small anyway
    }
}

TEST_CASE("Without momentum, at the rate 2 / (k + 2), it is the method of Frank and Wolfe") {
  // Of sum (w - goal)^2 / 2 over a set with diameter d: above the minimum by at most 2 d^2 / (k + 2) (Jaggi
  // 2013, theorem 1). Strong convexity turns that into a distance.
  Matrix<double> goal = 2 * random_matrix<double>(3, 4, 7);
  for (const ScionBall ball : balls) {
    auto net = sequential<double>(Dense(4, 3, NoBias{}));
    Optimizer optimizer{Scion{.learning_rate = 1, .momentum = 0, .ball = ball}};
    const Matrix<double> best = nearest(ball, goal);
    const double diameter = 2 * std::sqrt(ball == ScionBall::numbers ? 12 : 3);
    constexpr int steps = 4000;
    for (int k = 0; k < steps; ++k) {
      optimizer.scale_rate(2.0 / (k + 2));
      const Matrix<double> gradient = parameter(net, "0.weight") - goal;
      for (Index j = 0; j < 3; ++j)
        for (Index i = 0; i < 4; ++i) net.gradients()[static_cast<std::size_t>(4 * j + i)] = gradient(j, i);
      optimizer.step(net);
    }
    const Matrix<double> found = parameter(net, "0.weight");
    const double above = ((found - goal).squaredNorm() - (best - goal).squaredNorm()) / 2;
    CHECK(above <= 2 * diameter * diameter / (steps + 2));
    CHECK(above >= -1e-12);
    CHECK((found - best).norm() <= std::sqrt(2 * std::max(above, 0.0)) + 1e-6);
  }
}

TEST_CASE("With momentum and a rate that falls it comes to rest at the minimum over the ball") {
  const Matrix<double> goal = 2 * random_matrix<double>(3, 4, 7);
  auto net = sequential<double>(Dense(4, 3, NoBias{}));
  Optimizer optimizer{Scion{.learning_rate = 0.2, .momentum = 0.9}};
  for (int k = 0; k < 6000; ++k) {
    optimizer.scale_rate(1 / (1 + 0.05 * k));
    const Matrix<double> gradient = parameter(net, "0.weight") - goal;
    for (Index j = 0; j < 3; ++j)
      for (Index i = 0; i < 4; ++i) net.gradients()[static_cast<std::size_t>(4 * j + i)] = gradient(j, i);
    optimizer.step(net);
  }
  CHECK((parameter(net, "0.weight") - nearest(ScionBall::spectral, goal)).norm() < 0.05);
}

TEST_CASE("Weights without a momentum stay as they are") {
  auto net = Sequential(Dense(3, 2), Dense(2, 2));
  initialize(net, {.seed = 1});
  const auto before = numbers_of(net);
  for (const ScionBall ball : balls) {
    Optimizer optimizer{Scion{.learning_rate = 0.5, .ball = ball}};
    std::ranges::fill(net.gradients(), 0.0F);
    optimizer.step(net);
    CHECK(numbers_of(net) == before);
  }
  // One neuron of the first layer has a gradient, and in the ball of rows it alone moves.
  Optimizer optimizer{Scion{.learning_rate = 0.5, .radius = 2, .ball = ScionBall::rows}};
  net.gradients()[3] = 3, net.gradients()[4] = 4;
  const Matrix<float> old = parameter(net, "0.weight");
  optimizer.step(net);
  const Matrix<float> found = parameter(net, "0.weight");
  CHECK(found.row(0) == old.row(0));
  CHECK(found(1, 0) == Approx(0.5 * old(1, 0) - 0.5 * 2 * 0.6));
  CHECK(found(1, 1) == Approx(0.5 * old(1, 1) - 0.5 * 2 * 0.8));
}

TEST_CASE("What leads out of its ball is refused, before anything changes") {
  const auto refusal = [](const auto&... policies) {
    auto net = Sequential(Dense(2, 2, policies...));
    Optimizer optimizer{Scion{}};
    return message_of([&] { optimizer.prepare(net); });
  };
  const std::string sentence =
      "0.weight: expected smooth penalties alone under a rule whose steps stay in a ball by themselves, as "
      "Scion (its radius is the bound), found ";
  CHECK(refusal(Clip{-1, 1}) == sentence + "Clip");
  CHECK(refusal(WeightDecay{.strength = 0.1}) == sentence + "WeightDecay");
  CHECK(refusal(WeightDecay{.strength = 0.1, .cautious = true}) == sentence + "WeightDecay");
  auto net = Sequential(Dense(2, 2, L2{0.1}));
  Optimizer optimizer{Scion{.learning_rate = 0.5}};
  CHECK_NOTHROW(optimizer.prepare(net));
  optimizer.scale_rate(3);
  CHECK(message_of([&] { optimizer.step(net); }) ==
        "0.weight: expected a learning rate of 1 at most: a step goes that share of its way, found 1.5");
  CHECK(optimizer.steps() == 0);
}

TEST_CASE("Options of Scion that make no sense are refused") {
  CHECK_THROWS_AS(Optimizer{Scion{.learning_rate = 1.5}}, ValueError);
  CHECK_THROWS_AS(Optimizer{Scion{.momentum = 1}}, ValueError);
  CHECK_THROWS_AS(Optimizer{Scion{.radius = 0}}, ValueError);
  CHECK_THROWS_AS(Optimizer{Scion{.other_radius = -1}}, ValueError);
  CHECK_THROWS_AS(Optimizer{Scion{.at_bound = AtBound::zero}}, ValueError);
}
