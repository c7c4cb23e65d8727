// SPDX-License-Identifier: MIT
#include "espalier/constraint/positive_semidefinite.hpp"

#include "../nets.hpp"
#include "../spectra.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;

static_assert(PositiveSemidefinite::name == "PositiveSemidefinite");

TEMPLATE_TEST_CASE("The projection onto the cone is the nearest point, at every scale", "", float, double) {
  for (const Index n : {1, 2, 5, 11})
    for (const double scale : {1e-30, 1.0, 1e30}) {
      const auto errors = projection_check<TestType>(PositiveSemidefinite{}, Rng{4},
                                                     {.trials = 40, .length = n, .rows = n, .scale = scale});
      CAPTURE(n, scale, errors.infeasible, errors.not_idempotent, errors.moved_feasible, errors.longer,
              errors.variational);
      CHECK(errors.ok());
    }
}

TEST_CASE("Of a 2 x 2 matrix the closed form: the part along the positive eigenvector") {
  // (0, 1; 1, 0) has the eigenvalues 1 along (1, 1) and -1; an antisymmetric part goes.
  const auto p = test::projected(PositiveSemidefinite{}, std::vector<double>{0, 4, -2, 0}, 2, 2);
  for (const double x : p) CHECK(x == Catch::Approx(0.5).epsilon(1e-15));
  const std::vector<double> edge{1, 2, 2, 4}, zero(4, 0);
  CHECK(test::projected(PositiveSemidefinite{}, edge, 2, 2) == edge);
  CHECK(test::projected(PositiveSemidefinite{}, zero, 2, 2) == zero);
  CHECK(test::projected(PositiveSemidefinite{}, std::vector<double>{-1, 0, 0, -3}, 2, 2) == zero);
}

TEST_CASE("Dykstra: what is taken away is negative semidefinite and has no part along what is left") {
  const auto w = test::random_weight<double>(9, 9, 1, 3),
             p = test::projected(PositiveSemidefinite{}, w, 9, 9);
  std::vector<double> rest(81);
  double product = 0;
  for (std::size_t j = 0; j < 9; ++j)
    for (std::size_t i = 0; i < 9; ++i) {
      rest[j * 9 + i] = (w[j * 9 + i] + w[i * 9 + j]) / 2 - p[j * 9 + i];
      product += rest[j * 9 + i] * p[j * 9 + i];
    }
  CHECK(std::abs(product) < 1e-13);
  CHECK(test::eigenvalues(rest, 9).front() < 1e-13L);
  CHECK(test::eigenvalues(p, 9).back() > -1e-14L);
}

TEST_CASE("It holds through training, and SGD rests at the positive part of the target") {
  auto net = sequential<double>(Dense(2, 2, NoBias{}, PositiveSemidefinite{}));
  const double target[] = {0, 2, 2, 0};
  Optimizer optimizer{SGD{.learning_rate = 0.1, .momentum = 0.5}};
  for (int k = 0; k < 200; ++k) {
    for (std::size_t i = 0; i < 4; ++i) net.gradients()[i] = net.values()[i] - target[i];
    optimizer.step(net);
    CHECK(feasible(net));
  }
  for (const double x : net.values().first(4)) CHECK(x == Catch::Approx(1).epsilon(1e-9));
  Sequential other{Dense(9, 9, PositiveSemidefinite{})};
  initialize(other, {.seed = 1});
  CHECK(feasible(other));
  Optimizer adam{Adam{.learning_rate = 0.1}};
  random_steps(other, adam, 5, 1);
  CHECK(feasible(other));
  CHECK_THROWS_AS(Dense(3, 2, PositiveSemidefinite{}), ShapeError);
}
