// SPDX-License-Identifier: MIT
#include "espalier/constraint/nuclear_ball.hpp"

#include <numeric>

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

static_assert(MatrixSet<NuclearBall> && Policy<NuclearBall> && MatrixSet<OnSingularValues<L1Ball>>);

namespace {

template <Scalar S>
long double nuclear_norm(const std::vector<S>& w, Index rows, Index cols) {
  const test::Wide values = test::singular_values(w, rows, cols);
  return std::accumulate(values.begin(), values.end(), 0.0L);
}

}  // namespace

TEMPLATE_TEST_CASE("The projection is the nearest weight of the ball, at every scale", "", float, double) {
  for (const auto& [rows, cols] : test::shapes())
    for (const double scale : {1e-30, 1.0, 1e30}) {
      const auto errors = projection_check<TestType>(
          NuclearBall{1.5 * scale}, Rng{4}, {.trials = 40, .length = cols, .rows = rows, .scale = scale});
      CAPTURE(rows, cols, scale, errors.infeasible, errors.not_idempotent, errors.longer, errors.variational);
      CHECK(errors.ok());
    }
}

TEST_CASE("The values fall by a common threshold, which bisection finds too") {
  const auto w = test::random_weight<double>(7, 12, 1, 3);
  const auto p = test::projected(NuclearBall{4}, w, 7, 12);
  const test::Wide before = test::singular_values(w, 7, 12), after = test::singular_values(p, 7, 12);
  long double low = 0, high = before[0];
  for (int k = 0; k < 100; ++k) {
    long double sum = 0;
    const long double middle = (low + high) / 2;
    for (const long double s : before) sum += std::max(s - middle, 0.0L);
    (sum > 4 ? low : high) = middle;
  }
  for (std::size_t i = 0; i < before.size(); ++i)
    CHECK(std::abs(static_cast<double>(after[i] - std::max(before[i] - low, 0.0L))) < 1e-13);
}

TEMPLATE_TEST_CASE("The sum is at most the bound, and at it, by a computation of its own", "", float,
                   double) {
  for (const auto& [rows, cols] : {std::pair<Index, Index>{1, 1}, {2, 3}, {20, 7}, {30, 30}})
    for (const double outside : {1.01, 2.0, 1e4, 1e12}) {
      auto w = test::random_weight<TestType>(rows, cols, 1, 7);
      const auto bound = static_cast<double>(nuclear_norm(w, rows, cols)) / outside;
      w = test::projected(NuclearBall{bound}, w, rows, cols);
      CAPTURE(rows, cols, outside);
      CHECK(nuclear_norm(w, rows, cols) <= static_cast<long double>(bound));
      const double slack = detail::nuclear_slack<TestType>(rows, cols) + 8 * detail::roundoff<TestType>;
      if (outside < 1e9)
        CHECK(nuclear_norm(w, rows, cols) >=
              static_cast<long double>(bound) * static_cast<long double>(1 - 2 * slack * outside));
      CHECK(test::projected(NuclearBall{bound}, w, rows, cols) == w);
    }
}

TEST_CASE("Weights inside are not touched, those of zeros neither, and what is not finite is not repaired") {
  auto w = test::random_weight<float>(5, 6, 0.1, 8);
  const double bound = static_cast<double>(nuclear_norm(w, 5, 6)) * (1 + 1e-6);
  CHECK(test::projected(NuclearBall{bound}, w, 5, 6) == w);
  CHECK(test::contains(NuclearBall{1e-3}, std::vector<float>(30, 0), 5, 6));
  w[3] = std::numeric_limits<float>::quiet_NaN();
  const auto same = test::projected(NuclearBall{1e-3}, w, 5, 6);
  CHECK(std::isnan(same[3]));
  CHECK(same[4] == w[4]);
  CHECK(!test::contains(NuclearBall{1e-3}, w, 5, 6));
}

TEST_CASE("L1Ball on the singular values is the same set") {
  const auto w = test::random_weight<double>(5, 6, 1, 9);
  CHECK(test::projected(OnSingularValues{L1Ball{2}}, w, 5, 6) == test::projected(NuclearBall{2}, w, 5, 6));
  CHECK_THROWS_AS(OnSingularValues{L1Ball{-1}}.validate(), ValueError);
}

TEST_CASE("SGD comes to rest at the optimum over the ball, and Adam inside of it") {
  // min norm(W - T)^2 / 2 over the ball is its projection: (3, 1) less 1.25 each, at 0.75 + 1.75 = 2.5.
  auto net = sequential<double>(Dense(3, 2, NoBias{}, NuclearBall{1.5}, L2{1e-9}));
  const double target[] = {3, 0, 0, 0, 2, 0};
  Optimizer optimizer{SGD{.learning_rate = 0.1, .momentum = 0.5}};
  for (int k = 0; k < 200; ++k) {
    for (std::size_t i = 0; i < 6; ++i) net.gradients()[i] = net.values()[i] - target[i];
    optimizer.step(net);
    CHECK(feasible(net));
  }
  CHECK(net.values()[0] == Catch::Approx(1.25).epsilon(1e-7));
  CHECK(net.values()[4] == Catch::Approx(0.25).epsilon(1e-6));
  Sequential other{Dense(12, 9, NuclearBall{2})};
  initialize(other, {.seed = 1});
  Optimizer adam{Adam{.learning_rate = 0.1}};
  random_steps(other, adam, 5, 1);
  CHECK(feasible(other));
  CHECK(audit(other).parameters[0].policies[0].acted == 5);
}

TEST_CASE("The bound of the sum must be positive, also as a float") {
  CHECK_THROWS_AS(NuclearBall{0}.validate(), ValueError);
  CHECK_THROWS_AS(Dense(2, 2, NuclearBall{1e-50}), ValueError);
}
