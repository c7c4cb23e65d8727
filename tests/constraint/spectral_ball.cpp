// SPDX-License-Identifier: MIT
#include "espalier/constraint/spectral_ball.hpp"

#include <cstring>

#include "../nets.hpp"
#include "../spectra.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;

static_assert(MatrixSet<SpectralBall> && Policy<SpectralBall>);

namespace {

/// norm_2 by power iteration on w'w, in long double: from below, and close where it has run long.
template <Scalar S>
long double two_norm(const std::vector<S>& w, Index rows, Index cols) {
  std::vector<long double> x(static_cast<std::size_t>(cols)), y(static_cast<std::size_t>(rows));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 1 + 0.37L * static_cast<long double>(i % 5);
  long double size = 0;
  for (int k = 0; k < 3000; ++k) {
    long double of_x = 0;
    for (const long double v : x) of_x += v * v;
    for (long double& v : x) v /= std::sqrt(of_x);
    size = 0;
    for (std::size_t j = 0; j < y.size(); ++j) {
      y[j] = 0;
      for (std::size_t i = 0; i < x.size(); ++i) y[j] += static_cast<long double>(w[j * x.size() + i]) * x[i];
      size += y[j] * y[j];
    }
    std::fill(x.begin(), x.end(), 0);
    for (std::size_t j = 0; j < y.size(); ++j)
      for (std::size_t i = 0; i < x.size(); ++i) x[i] += static_cast<long double>(w[j * x.size() + i]) * y[j];
  }
  return std::sqrt(size);
}

template <Scalar S>
std::vector<S> random_weight(Index rows, Index cols, double scale, std::uint64_t seed) {
  const Matrix<S> w = random_matrix<S>(rows, cols, seed) * static_cast<S>(scale);
  return {w.data(), w.data() + w.size()};
}

template <Scalar S>
void check_projection(const SpectralBall& ball, double scale) {
  for (const auto& [rows, cols] : {std::pair<Index, Index>{1, 1}, {1, 5}, {4, 1}, {3, 3}, {6, 2}, {9, 14}}) {
    const auto errors =
        projection_check<S>(ball, Rng{4}, {.trials = 60, .length = cols, .rows = rows, .scale = scale});
    CAPTURE(rows, cols, scale, errors.infeasible, errors.not_idempotent, errors.longer, errors.variational);
    CHECK(errors.ok());
  }
}

}  // namespace

TEST_CASE("The projection is the nearest weight of the ball, by the variational inequality") {
  check_projection<float>(SpectralBall{1}, 1);
  check_projection<double>(SpectralBall{1}, 1);
  check_projection<double>(SpectralBall{0.3}, 10);
}

TEST_CASE("Scales do not matter") {
  check_projection<float>(SpectralBall{1e-30}, 2e-30);
  check_projection<float>(SpectralBall{1e30}, 2e30);
  check_projection<double>(SpectralBall{1e-30}, 2e-30);
  check_projection<double>(SpectralBall{1e30}, 2e30);
}

TEST_CASE("The 2-norm is at most the bound, and at it, by a computation of its own") {
  for (const auto& [rows, cols] : {std::pair<Index, Index>{2, 3}, {20, 7}, {12, 12}}) {
    auto w = random_weight<float>(rows, cols, 1, 7);
    REQUIRE(two_norm(w, rows, cols) > 1.1);
    detail::project_matrix(Pack(SpectralBall{1.1}), Block<float>{w.data(), rows, cols});
    CHECK(two_norm(w, rows, cols) <= 1.1L);
    CHECK(two_norm(w, rows, cols) > 1.1L * (1 - 4e-7L));
  }
}

TEST_CASE("Weights inside are not touched, in any bit; not finite ones are not repaired") {
  auto w = random_weight<float>(10, 10, 0.1, 8);
  const auto before = w;
  REQUIRE(two_norm(w, 10, 10) < 0.9);
  detail::project_matrix(Pack(SpectralBall{1}), Block<float>{w.data(), 10, 10});
  CHECK(w == before);
  w[3] = std::numeric_limits<float>::quiet_NaN();
  detail::project_matrix(Pack(SpectralBall{1}), Block<float>{w.data(), 10, 10});
  CHECK(std::memcmp(w.data() + 4, before.data() + 4, 96 * sizeof(float)) == 0);
  CHECK(!test::contains(SpectralBall{1}, w, 10, 10));
  CHECK(std::isinf(detail::matrix_violation(Pack(SpectralBall{1}), 0, Block<const float>{w.data(), 10, 10})));
}

TEST_CASE("A float's result is the double's, rounded") {
  auto narrow = random_weight<float>(8, 11, 1, 9);
  std::vector<double> wide(narrow.begin(), narrow.end());
  detail::project_matrix(Pack(SpectralBall{1}), Block<float>{narrow.data(), 8, 11});
  detail::project_matrix(Pack(SpectralBall{1}), Block<double>{wide.data(), 8, 11});
  for (std::size_t i = 0; i < wide.size(); ++i)
    CHECK(std::abs(static_cast<double>(narrow[i]) - wide[i]) < 3e-7);
}

TEST_CASE("It holds after every step, and the audit says how often it acted") {
  for (const double rate : {0.01, 1.0}) {
    Sequential net{Dense(12, 9, SpectralBall{0.8}, L2{0.01})};
    initialize(net, {.seed = 1});
    CHECK(feasible(net));
    Optimizer optimizer{Adam{.learning_rate = rate}};
    for (int k = 0; k < 20; ++k) {
      random_steps(net, optimizer, 1, static_cast<std::uint64_t>(k));
      CHECK(feasible(net));
    }
    const Audit found = audit(net);
    CHECK(found.violation() == 0);
    CHECK(found.parameters[0].policies[0].acted > 10);
    CHECK(found.parameters[0].policies[0].active_fraction == 1);
  }
}

TEST_CASE("SGD comes to rest at the optimum over the ball: singular values of the target, clipped") {
  // min norm(W - T)^2 / 2 over the ball is its projection, known for T = diag.
  Sequential<double, Dense<Dynamic, Dynamic, NoBias, SpectralBall>> net{
      Dense(3, 2, NoBias{}, SpectralBall{1})};
  const double target[] = {3, 0, 0, 0, 0.5, 0};
  Optimizer optimizer{SGD{.learning_rate = 0.1, .momentum = 0.5}};
  for (int k = 0; k < 200; ++k) {
    for (std::size_t i = 0; i < 6; ++i) net.gradients()[i] = net.values()[i] - target[i];
    optimizer.step(net);
  }
  CHECK(net.values()[0] == Catch::Approx(1).epsilon(1e-9));
  CHECK(net.values()[4] == Catch::Approx(0.5).epsilon(1e-9));
}

TEST_CASE("The bound must be positive, also as a float") {
  CHECK_THROWS_AS(SpectralBall{0}.validate(), ValueError);
  CHECK_THROWS_AS(Dense(2, 2, SpectralBall{-1}), ValueError);
}

TEMPLATE_TEST_CASE("From however far outside, the nearest weight is the bound times the polar factor", "",
                   float, double) {
  // (1, 1; 1, 2) is positive definite, so that its polar factor is the unit matrix.
  for (const double size : {10.0, 1e4, 1e8, 1e16, 1e30, 1e37}) {
    const auto s = static_cast<TestType>(size);
    auto net = sequential<TestType>(Dense(2, 2, NoBias{}, SpectralBall{0.5}));
    assign(net, "0.weight", Matrix<TestType>{{s, s}, {s, 2 * s}});
    CHECK(feasible(net));
    const double u = std::numeric_limits<TestType>::epsilon();
    const Matrix<double> away =
        parameter(net, "0.weight").template cast<double>() - 0.5 * Matrix<double>::Identity(2, 2);
    CHECK(away.norm() < 4 * u + 1e-12);
  }
}
