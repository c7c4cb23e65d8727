// SPDX-License-Identifier: MIT
#include "espalier/constraint/conditioned.hpp"

#include "../nets.hpp"
#include "../spectra.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;

static_assert(MatrixSet<Conditioned> && Policy<Conditioned>);

TEMPLATE_TEST_CASE("Results are feasible and stay, at every scale and condition", "", float, double) {
  for (const auto& [rows, cols] : test::shapes())
    for (const double scale : {1e-30, 1.0, 1e30})
      for (const double lo : {1e-4, 0.5, 0.999}) {
        const auto errors =
            projection_check<TestType>(Conditioned{lo * scale, scale}, Rng{4},
                                       {.trials = 20, .length = cols, .rows = rows, .scale = scale});
        CAPTURE(rows, cols, scale, lo, errors.infeasible, errors.not_idempotent, errors.moved_feasible);
        CHECK(errors.holds());
      }
}

TEMPLATE_TEST_CASE("The values are clipped, and the bounds hold without a tolerance, in long double", "",
                   float, double) {
  const double u = detail::roundoff<TestType>;
  for (const auto& [rows, cols] : {std::pair<Index, Index>{1, 1}, {5, 1}, {3, 3}, {20, 9}, {9, 20}, {30, 30}})
    for (const double lo : {1e-3, 0.3, 0.9}) {
      const auto w = test::random_weight<TestType>(rows, cols, 0.3, 5);
      const auto p = test::projected(Conditioned{lo, 1}, w, rows, cols);
      const test::Wide before = test::singular_values(w, rows, cols),
                       after = test::singular_values(p, rows, cols);
      CAPTURE(rows, cols, lo);
      CHECK(after.front() <= 1);
      CHECK(after.back() >= static_cast<long double>(lo));
      const double k = static_cast<double>(after.size());
      for (std::size_t i = 0; i < after.size(); ++i)
        CHECK(std::abs(static_cast<double>(after[i] - std::clamp<long double>(before[i], lo, 1))) <=
              3 * u * std::sqrt(k) + 1e-10);
    }
}

TEST_CASE("The move is as long as the clipping of the values: no nearer point has them in the bounds") {
  // Von Neumann's inequality: the distance of two matrices is at least that of their singular values.
  const auto w = test::random_weight<double>(8, 5, 1, 6), p = test::projected(Conditioned{1, 2}, w, 8, 5);
  long double least = 0, moved = 0;
  for (const long double s : test::singular_values(w, 8, 5))
    least += (s - std::clamp(s, 1.0L, 2.0L)) * (s - std::clamp(s, 1.0L, 2.0L));
  for (std::size_t i = 0; i < w.size(); ++i)
    moved += static_cast<long double>(w[i] - p[i]) * static_cast<long double>(w[i] - p[i]);
  CHECK(static_cast<double>(std::sqrt(moved)) ==
        Catch::Approx(static_cast<double>(std::sqrt(least))).epsilon(1e-12));
}

TEST_CASE("Zeros are raised along unit vectors, low ranks and far outside weights too") {
  const auto w = test::projected(Conditioned{0.5, 2}, std::vector<double>(6, 0), 2, 3);
  CHECK(w[0] == Catch::Approx(0.5).epsilon(1e-6));
  CHECK(w[4] == w[0]);
  CHECK(w[1] == 0);
  for (const double size : {1e-300, 1e-20, 1.0, 1e20, 1e300}) {
    const std::vector<double> same(16, size);
    CHECK(test::contains(Conditioned{0.5, 2}, test::projected(Conditioned{0.5, 2}, same, 4, 4), 4, 4));
  }
}

TEST_CASE("Weights inside are not touched; what is not finite is not repaired") {
  const std::vector<float> w{1, 0.1F, -0.2F, 0.8F};
  CHECK(test::projected(Conditioned{0.5, 2}, w, 2, 2) == w);
  std::vector<float> bad = w;
  bad[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK(test::projected(Conditioned{0.5, 2}, bad, 2, 2)[1] == 0.1F);
  CHECK(!test::contains(Conditioned{0.5, 2}, bad, 2, 2));
}

TEST_CASE("It holds through training, and SGD rests at the clipped target") {
  auto net = sequential<double>(Dense(3, 2, NoBias{}, Conditioned{0.5, 2}));
  assign(net, "0.weight", Matrix<double>{{1, 0, 0}, {0, 1, 0}});
  const double target[] = {3, 0, 0, 0, 0.1, 0};
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  for (int k = 0; k < 200; ++k) {
    for (std::size_t i = 0; i < 6; ++i) net.gradients()[i] = net.values()[i] - target[i];
    optimizer.step(net);
  }
  CHECK(net.values()[0] == Catch::Approx(2).epsilon(1e-9));
  CHECK(net.values()[4] == Catch::Approx(0.5).epsilon(1e-9));
  Sequential other{Dense(12, 9, Conditioned{0.9, 1.1})};
  initialize(other, {.seed = 1});
  CHECK(feasible(other));
  Optimizer adam{Adam{.learning_rate = 0.1}};
  random_steps(other, adam, 5, 1);
  CHECK(feasible(other));
}

TEST_CASE("Bounds that no float or no proof can keep are refused") {
  for (const Conditioned& p : {Conditioned{0, 1}, {1, 1}, {2, 1}, {1e-5, 1}, {-1, 1}, {1, HUGE_VAL}})
    CHECK_THROWS_AS(p.validate(), ValueError);
  CHECK_NOTHROW(Conditioned{1e-4, 1}.validate());
  CHECK(
      message_of([] {
        Conditioned{1, 1}.validate();
      }) ==
      "Conditioned: expected lo from 1e-4 hi to 0.999 hi (Orthonormal is for values of 1), found lo = 1 and "
      "hi = 1");
}
