// SPDX-License-Identifier: MIT
#include "espalier/constraint/low_rank.hpp"

#include "../nets.hpp"
#include "../spectra.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;

static_assert(MatrixSet<LowRank> && Policy<LowRank> && MatrixSet<OnSingularValues<TopK>>);

TEMPLATE_TEST_CASE("Results are feasible and stay, at every scale", "", float, double) {
  for (const auto& [rows, cols] : test::shapes())
    for (const Index rank : {1, 2})
      for (const double scale : {1e-30, 1.0, 1e30}) {
        if (rank > std::min(rows, cols)) continue;
        const auto errors = projection_check<TestType>(
            LowRank{rank}, Rng{4}, {.trials = 30, .length = cols, .rows = rows, .scale = scale});
        CAPTURE(rows, cols, rank, scale, errors.infeasible, errors.not_idempotent, errors.moved_feasible);
        CHECK(errors.holds());
      }
}

TEMPLATE_TEST_CASE("The largest values stay, the others are rounding, and no weight of the rank is nearer",
                   "", float, double) {
  const double u = detail::roundoff<TestType>;
  for (const auto& [rows, cols] : {std::pair<Index, Index>{3, 3}, {20, 9}, {9, 20}, {30, 30}})
    for (const Index rank : {1, 3}) {
      const auto w = test::random_weight<TestType>(rows, cols, 1, 5);
      const auto p = test::projected(LowRank{rank}, w, rows, cols);
      const test::Wide before = test::singular_values(w, rows, cols),
                       after = test::singular_values(p, rows, cols);
      long double left_out = 0, moved = 0, size = 0;
      for (std::size_t i = 0; i < before.size(); ++i) {
        CAPTURE(rows, cols, rank, i);
        if (i < static_cast<std::size_t>(rank))
          CHECK(static_cast<double>(after[i] / before[i]) == Catch::Approx(1).epsilon(8 * u + 1e-13));
        else
          left_out += before[i] * before[i];
      }
      for (const long double s : after) size += s * s;
      // As stated: sigma_(rank+1) is at most sqrt(k) times the tolerance of the norm.
      const double k = static_cast<double>(before.size());
      if (rank < std::min(rows, cols))
        CHECK(static_cast<double>(after[static_cast<std::size_t>(rank)] / std::sqrt(size)) <=
              2 * u + 16 * detail::roundoff<double> * (k + 6));
      for (std::size_t i = 0; i < w.size(); ++i)
        moved += (static_cast<long double>(w[i]) - static_cast<long double>(p[i])) *
                 (static_cast<long double>(w[i]) - static_cast<long double>(p[i]));
      // Eckart & Young: the distance is the root of the sum of the squares that are left out.
      CHECK(static_cast<double>(std::sqrt(moved)) ==
            Catch::Approx(static_cast<double>(std::sqrt(left_out))).epsilon(1e-5));
    }
}

TEST_CASE("Whole numbers of low rank are not touched, nor are rounded products; a higher rank is not taken") {
  const std::vector<float> one{1, 2, 3, 2, 4, 6, -1, -2, -3};
  CHECK(test::projected(LowRank{1}, one, 3, 3) == one);
  auto other = one;
  other[8] = -3.0001F;
  CHECK(!test::contains(LowRank{1}, other, 3, 3));
  CHECK(test::contains(LowRank{2}, other, 3, 3));
  std::vector<double> product(30 * 20);
  const auto a = test::random_weight<double>(30, 1, 1, 1), b = test::random_weight<double>(20, 1, 1, 2);
  for (std::size_t j = 0; j < 30; ++j)
    for (std::size_t i = 0; i < 20; ++i) product[j * 20 + i] = a[j] * b[i];
  CHECK(test::projected(LowRank{1}, product, 30, 20) == product);
  CHECK(test::contains(LowRank{1}, std::vector<double>(6, 0), 2, 3));
}

TEST_CASE("Of a 2 x 2 weight, a grid of all directions finds nothing nearer") {
  // Brute force: for each unit v the nearest matrix with that row space is W v v'.
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto w = test::random_weight<double>(2, 2, 1, seed), p = test::projected(LowRank{1}, w, 2, 2);
    double best = HUGE_VAL, found = 0;
    for (int k = 0; k < 20000; ++k) {
      const double angle = 3.14159265358979 * k / 20000, c = std::cos(angle), s = std::sin(angle);
      double away = 0;
      for (std::size_t j = 0; j < 2; ++j) away += std::pow(w[2 * j] * s - w[2 * j + 1] * c, 2);
      best = std::min(best, away);
    }
    for (std::size_t i = 0; i < 4; ++i) found += (w[i] - p[i]) * (w[i] - p[i]);
    CHECK(found <= best + 1e-12);
    CHECK(found >= best - 1e-6);
  }
}

TEST_CASE("It holds through training; SGD rests at the target's largest singular value") {
  auto net = sequential<double>(Dense(3, 2, NoBias{}, LowRank{1}));
  assign(net, "0.weight", Matrix<double>{{1, 0, 0}, {0.1, 0.1, 0.1}});
  const double target[] = {3, 0, 0, 0, 2, 0};
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  for (int k = 0; k < 300; ++k) {
    for (std::size_t i = 0; i < 6; ++i) net.gradients()[i] = net.values()[i] - target[i];
    optimizer.step(net);
  }
  CHECK(net.values()[0] == Catch::Approx(3).epsilon(1e-9));
  CHECK(std::abs(net.values()[4]) < 1e-9);
  Sequential other{Dense(12, 9, LowRank{2})};
  initialize(other, {.seed = 1});
  Optimizer adam{Adam{.learning_rate = 0.1}};
  random_steps(other, adam, 5, 1);
  CHECK(feasible(other));
}

TEST_CASE("TopK of the singular values is LowRank: in what it does, how it starts and what it refuses") {
  const auto w = test::random_weight<float>(5, 6, 1, 3);
  CHECK(test::projected(OnSingularValues{TopK{2}}, w, 5, 6) == test::projected(LowRank{2}, w, 5, 6));
  Sequential named{Dense(6, 5, LowRank{2})};
  Sequential lifted{Dense(6, 5, OnSingularValues{TopK{2}})};
  initialize(named, {.seed = 1});
  initialize(lifted, {.seed = 1});
  CHECK(parameter(named, "0.weight") == parameter(lifted, "0.weight"));
  CHECK_THROWS_AS((OnSingularValues{TopK{0}}.validate()), ValueError);
  CHECK(message_of([] { Dense(3, 2, OnSingularValues{TopK{3}}); }) ==
        "Dense(3, 2) weight: expected LowRank with a rank of at most 2, found 3");
}

TEST_CASE("A rank below 1 or above the number of singular values is refused; NaN is not repaired") {
  CHECK_THROWS_AS(LowRank{0}.validate(), ValueError);
  CHECK(message_of([] { Dense(3, 2, LowRank{3}); }) ==
        "Dense(3, 2) weight: expected LowRank with a rank of at most 2, found 3");
  std::vector<float> w{1, std::numeric_limits<float>::infinity(), 2, 3};
  CHECK(test::projected(LowRank{1}, w, 2, 2) == w);
  CHECK(!test::contains(LowRank{1}, w, 2, 2));
}
