// SPDX-License-Identifier: MIT
#include "espalier/constraint/orthogonality.hpp"

#include "../nets.hpp"
#include "../spectra.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/optimizer/transform.hpp"
#include "espalier/testing/gradient_check.hpp"

using namespace espalier;

static_assert(SmoothMatrixPenalty<Orthogonality> && Policy<Orthogonality> && !MatrixPolicy<Orthogonality>);

namespace {

std::vector<double> gradient(const Orthogonality& p, const std::vector<double>& w, Index rows, Index cols) {
  std::vector<double> g(w.size());
  p.add_gradient(Block<const double>{w.data(), rows, cols}, Block<double>{g.data(), rows, cols});
  return g;
}
double value(const Orthogonality& p, const std::vector<double>& w, Index rows, Index cols) {
  return p.value(Block<const double>{w.data(), rows, cols});
}

}  // namespace

TEST_CASE("The value is strength / 4 times the sum of (s^2 - 1)^2 over the singular values") {
  for (const auto& [rows, cols] :
       {std::pair<Index, Index>{1, 1}, {1, 5}, {5, 1}, {3, 20}, {20, 17}, {18, 33}}) {
    const auto w = test::random_weight<double>(rows, cols, 0.5, 1);
    long double sum = 0;
    for (const long double s : test::singular_values(w, rows, cols)) sum += (s * s - 1) * (s * s - 1);
    CAPTURE(rows, cols);
    CHECK(value(Orthogonality{3}, w, rows, cols) ==
          Catch::Approx(0.75 * static_cast<double>(sum)).epsilon(1e-13));
    const std::vector<float> narrow(w.begin(), w.end());
    CHECK(Orthogonality{3}.value(Block<const float>{narrow.data(), rows, cols}) ==
          Catch::Approx(0.75 * static_cast<double>(sum)).epsilon(1e-5));
  }
}

TEST_CASE("The gradient is that of central differences") {
  for (const auto& [rows, cols] :
       {std::pair<Index, Index>{1, 1}, {1, 5}, {5, 1}, {3, 20}, {20, 17}, {18, 33}}) {
    auto w = test::random_weight<double>(rows, cols, 0.5, 2);
    const auto g = gradient(Orthogonality{0.7}, w, rows, cols);
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double x = w[i], h = 1e-5;
      w[i] = x + h;
      const double above = value(Orthogonality{0.7}, w, rows, cols);
      w[i] = x - h;
      const double slope = (above - value(Orthogonality{0.7}, w, rows, cols)) / (2 * h);
      w[i] = x;
      difference += (slope - g[i]) * (slope - g[i]), size += slope * slope;
    }
    CAPTURE(rows, cols);
    CHECK(std::sqrt(difference) < 1e-7 * std::sqrt(size));
  }
}

TEST_CASE("It is 0 where rows or columns are orthonormal, and without strength; zeros are a saddle") {
  const std::vector<double> turn{0.6, 0.8, -0.8, 0.6}, unit{0, 1, 0, 0, 0, 1};
  CHECK(value(Orthogonality{1}, turn, 2, 2) < 1e-31);
  CHECK(gradient(Orthogonality{1}, unit, 2, 3) == std::vector<double>(6, 0));
  CHECK(gradient(Orthogonality{1}, unit, 3, 2) != std::vector<double>(6, 0));  // its columns are not
  CHECK(gradient(Orthogonality{0}, turn, 2, 2) == std::vector<double>(4, 0));
  CHECK(gradient(Orthogonality{1}, std::vector<double>(4, 0), 2, 2) == std::vector<double>(4, 0));
  CHECK(value(Orthogonality{1}, std::vector<double>(4, 0), 2, 2) == 0.5);
}

TEST_CASE("The check of a model's gradients counts it, and so does penalty()") {
  auto net =
      sequential<double>(Dense(3, 4, Orthogonality{0.3}, Clip{-2, 2}), Dense(4, 2, Orthogonality{0.2}));
  initialize(net, {.seed = 1});
  const Matrix<double> x = random_matrix<double>(3, 6, 1), y = random_matrix<double>(2, 6, 2);
  for (const auto& error : gradient_check(net, MeanSquared{}, x, y)) CHECK(error.ok());
  const WeightMatrix<double> first = parameter(net, "0.weight"), second = parameter(net, "1.weight");
  const auto of = [](const auto& w, double strength) {
    const std::vector<double> numbers(w.data(), w.data() + w.size());
    return value(Orthogonality{strength}, numbers, w.rows(), w.cols());
  };
  CHECK(penalty(net) == Catch::Approx(of(first, 0.3) + of(second, 0.2)));
  CHECK(penalty(net, true) == penalty(net));
}

TEST_CASE(
    "A step is that of the loss and the penalty, from the weights before it, with transforms and without") {
  // 40 x 50 numbers are more than a chunk: what moved first must not be seen by the rest.
  const auto start = test::random_weight<double>(40, 50, 0.02, 3);
  const auto g = gradient(Orthogonality{0.5}, start, 40, 50);
  const auto step = [&](auto&& optimizer, const auto&... policies) {
    auto net = sequential<double>(Dense(50, 40, NoBias{}, policies...));
    assign(net, "0.weight", Eigen::Map<const WeightMatrix<double>>(start.data(), 40, 50));
    std::fill(net.gradients().begin(), net.gradients().end(), 0.25);
    optimizer.step(net);
    CHECK(audit(net).parameters[0].policies[0].acted == 1);
    CHECK(audit(net).parameters[0].policies[0].active_fraction == 1);
    return std::vector<double>(net.values().begin(), net.values().begin() + 2000);
  };
  const auto plain = step(Optimizer{SGD{.learning_rate = 0.1}}, Orthogonality{0.5}),
             transformed = step(Optimizer{SGD{.learning_rate = 0.1}, ClipValue{1e9}}, Orthogonality{0.5}),
             clipped = step(Optimizer{SGD{.learning_rate = 0.1}}, Orthogonality{0.5}, Clip{-0.08, 0.08});
  for (std::size_t i = 0; i < start.size(); ++i) {
    const double right = start[i] - 0.1 * (0.25 + g[i]);
    CHECK(plain[i] == Catch::Approx(right).margin(1e-14));
    CHECK(transformed[i] == plain[i]);
    CHECK(clipped[i] == std::clamp(plain[i], -0.08, 0.08));
  }
}

TEST_CASE("It rests with a set: singular values go to 1 where the set lets them") {
  auto net = sequential<double>(Dense(8, 6, NoBias{}, Orthogonality{1}, SpectralBall{0.5}));
  auto free = sequential<double>(Dense(8, 6, NoBias{}, Orthogonality{1}));
  for (auto* p : {&net}) initialize(*p, {.seed = 1});
  initialize(free, {.seed = 1});
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  Optimizer other{SGD{.learning_rate = 0.1}};
  for (int k = 0; k < 1000; ++k) {
    std::fill(net.gradients().begin(), net.gradients().end(), 0);
    std::fill(free.gradients().begin(), free.gradients().end(), 0);
    optimizer.step(net), other.step(free);
  }
  const auto values = [](const auto& model) {
    return test::singular_values(std::vector<double>(model.values().begin(), model.values().begin() + 48), 6,
                                 8);
  };
  for (const long double s : values(net)) CHECK(static_cast<double>(s) == Catch::Approx(0.5).epsilon(1e-9));
  for (const long double s : values(free)) CHECK(static_cast<double>(s) == Catch::Approx(1).epsilon(1e-9));
}

TEST_CASE("Gradients that overflow are an error before any weight changes; a strength is not negative") {
  auto net = sequential<float>(Dense(2, 2, NoBias{}, Orthogonality{1}));
  assign(net, "0.weight", Matrix<float>{{1e18F, 0}, {0, 1}});
  const std::vector<float> before(net.values().begin(), net.values().end());
  Optimizer optimizer{SGD{}};
  CHECK_THROWS_AS(optimizer.step(net), NotFiniteError);
  CHECK(std::equal(before.begin(), before.end(), net.values().begin()));
  CHECK_THROWS_AS(Orthogonality{-1}.validate(), ValueError);
}
