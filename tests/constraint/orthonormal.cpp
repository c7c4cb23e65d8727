// SPDX-License-Identifier: MIT
#include "espalier/constraint/orthonormal.hpp"

#include "../nets.hpp"
#include "../spectra.hpp"
#include "espalier/init/orthogonal.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;

static_assert(MatrixSet<Orthonormal> && Policy<Orthonormal>);

namespace {

/// norm(G - I)_F in long double.
template <Scalar S>
double away(const std::vector<S>& w, Index rows, Index cols) {
  const bool wide = rows <= cols;
  const Index k = std::min(rows, cols), m = std::max(rows, cols);
  const auto at = [&](Index i, Index l) {
    return static_cast<long double>(w[static_cast<std::size_t>(wide ? i * cols + l : l * cols + i)]);
  };
  long double squares = 0;
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j < k; ++j) {
      long double product = i == j ? -1 : 0;
      for (Index l = 0; l < m; ++l) product += at(i, l) * at(j, l);
      squares += product * product;
    }
  return static_cast<double>(std::sqrt(squares));
}

}  // namespace

TEMPLATE_TEST_CASE("Results are feasible and stay, at every scale", "", float, double) {
  for (const auto& [rows, cols] : test::shapes())
    for (const double scale : {1e-30, 1.0, 1e30}) {
      const auto errors = projection_check<TestType>(
          Orthonormal{}, Rng{4}, {.trials = 30, .length = cols, .rows = rows, .scale = scale});
      CAPTURE(rows, cols, scale, errors.infeasible, errors.not_idempotent, errors.moved_feasible);
      CHECK(errors.holds());
    }
}

TEMPLATE_TEST_CASE("The tolerance holds in long double, for bad conditions too", "", float, double) {
  for (const auto& [rows, cols] :
       {std::pair<Index, Index>{1, 1}, {1, 9}, {9, 1}, {12, 12}, {20, 31}, {31, 20}}) {
    const double u = detail::roundoff<TestType>, v = detail::roundoff<double>,
                 k = static_cast<double>(std::min(rows, cols)), m = static_cast<double>(std::max(rows, cols));
    auto w = test::random_weight<TestType>(rows, cols, 1, 5);
    for (const double spread : {1.0, 0.5, 0.1, 0.0}) {  // the last: all numbers equal
      double factor = 1;
      auto bad = w;
      for (Index j = 0; j < rows; ++j, factor *= spread)
        for (Index i = 0; i < cols; ++i) {
          TestType& x = bad[static_cast<std::size_t>(j * cols + i)];
          x = spread > 0 ? static_cast<TestType>(static_cast<double>(x) * factor) : TestType(0.3);
        }
      const auto p = test::projected(Orthonormal{}, bad, rows, cols);
      CAPTURE(rows, cols, spread);
      CHECK(away(p, rows, cols) <= 4 * u * std::sqrt(k) + v * k * (m / 4 + 24));
      CHECK(test::contains(Orthonormal{}, p, rows, cols));
    }
  }
}

TEST_CASE("The move is as long as that of the singular values to 1: it is a nearest point") {
  // Von Neumann's inequality: the distance of two matrices is at least that of their singular values.
  for (const auto& [rows, cols] : {std::pair<Index, Index>{4, 4}, {8, 5}, {5, 8}, {20, 20}}) {
    const auto w = test::random_weight<double>(rows, cols, 1, 6),
               p = test::projected(Orthonormal{}, w, rows, cols);
    long double least = 0, moved = 0;
    for (const long double s : test::singular_values(w, rows, cols)) least += (s - 1) * (s - 1);
    for (std::size_t i = 0; i < w.size(); ++i)
      moved += static_cast<long double>(w[i] - p[i]) * static_cast<long double>(w[i] - p[i]);
    CHECK(static_cast<double>(std::sqrt(moved)) ==
          Catch::Approx(static_cast<double>(std::sqrt(least))).epsilon(1e-13));
  }
}

TEST_CASE("Of a vector it is the direction; zeros become unit vectors; rotations are not touched") {
  const auto w = test::projected(Orthonormal{}, std::vector<double>{3, 4}, 1, 2);
  CHECK(w[0] == Catch::Approx(0.6).epsilon(1e-15));
  CHECK(w[1] == Catch::Approx(0.8).epsilon(1e-15));
  CHECK(test::projected(Orthonormal{}, std::vector<float>(6, 0), 2, 3) ==
        std::vector<float>{1, 0, 0, 0, 1, 0});
  const std::vector<float> turn{0, 1, -1, 0}, third{1.0F / 3, 2.0F / 3, 2.0F / 3};
  CHECK(test::projected(Orthonormal{}, turn, 2, 2) == turn);
  CHECK(test::projected(Orthonormal{}, third, 3, 1) == third);
  CHECK(!test::contains(Orthonormal{}, std::vector<float>{1, 1e-5F, 0, 1}, 2, 2));
  Rng rng{3};
  std::vector<double> start(12 * 20);
  Eigen::Map<WeightMatrix<double>> map(start.data(), 12, 20);
  Orthogonal{}(map, 20, 12, rng);
  CHECK(test::projected(Orthonormal{}, start, 12, 20) == start);
}

TEST_CASE("What is not finite is not repaired, and is in no set") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const auto w = test::projected(Orthonormal{}, std::vector<float>{bad, 2, 3, 4}, 2, 2);
    CHECK(w[1] == 2);
    CHECK(!test::contains(Orthonormal{}, w, 2, 2));
  }
}

TEST_CASE("It holds through training; SGD rests at the polar factor of the target") {
  // Over Q of norm(Q - T)^2 / 2 the minimum is T's polar factor: of (3, 1; -1, 2) a rotation, since its
  // determinant is positive, with the angle of (a + d, b - c) = (5, 2).
  auto net = sequential<double>(Dense(2, 2, NoBias{}, Orthonormal{}));
  assign(net, "0.weight", Matrix<double>{{1, 0}, {0, 1}});
  const double target[] = {3, 1, -1, 2};
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  for (int k = 0; k < 300; ++k) {
    for (std::size_t i = 0; i < 4; ++i) net.gradients()[i] = net.values()[i] - target[i];
    optimizer.step(net);
  }
  CHECK(net.values()[0] == Catch::Approx(5 / std::sqrt(29.0)).epsilon(1e-9));
  CHECK(net.values()[1] == Catch::Approx(2 / std::sqrt(29.0)).epsilon(1e-9));
  Sequential other{Dense(12, 9, Orthonormal{})};
  initialize(other, {.seed = 1});
  CHECK(feasible(other));
  Optimizer adam{Adam{.learning_rate = 0.1}};
  random_steps(other, adam, 5, 1);
  CHECK(feasible(other));
}
