// SPDX-License-Identifier: MIT
#include "espalier/constraint/quantized.hpp"

#include <cmath>
#include <limits>

#include "espalier/certify/audit.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(ElementMap<Quantized> && Policy<Quantized> && Policy<QuantizedTo>);

TEMPLATE_TEST_CASE("The weight is the nearest level, by comparison with all of them", "", float, double) {
  Rng rng{1};
  const auto nearest = [](const std::vector<double>& levels, TestType x) {
    double least = std::numeric_limits<double>::infinity();
    for (const double level : levels) least = std::min(least, std::abs(level - static_cast<double>(x)));
    return least;
  };
  const Quantized grid{.step = 0.3, .lo = -0.7, .hi = 1.3};  // levels -2 to 4
  std::vector<double> multiples;
  for (int k = -2; k <= 4; ++k) multiples.push_back(k * 0.3);
  const std::vector<double> some{-1, -0.25, 0, 2};
  const QuantizedTo listed{0, 2, -0.25, -1};
  for (int trial = 0; trial < 1000; ++trial) {
    const auto x = static_cast<TestType>(2 * rng.normal());
    const auto check = [&](const auto& map, const std::vector<double>& levels) {
      const TestType w = map.weight(x);
      bool on_grid = false;
      for (const double level : levels) on_grid = on_grid || w == static_cast<TestType>(level);
      REQUIRE(on_grid);
      REQUIRE(std::abs(static_cast<double>(w) - static_cast<double>(x)) <= nearest(levels, x) + 1e-6);
      REQUIRE(map.weight(w) == w);
    };
    check(grid, multiples);
    check(listed, some);
  }
  CHECK(grid.weight(std::numeric_limits<TestType>::max()) == static_cast<TestType>(4 * 0.3));
  CHECK(grid.weight(std::numeric_limits<TestType>::lowest()) == static_cast<TestType>(-2 * 0.3));
  CHECK((grid.pull_back(TestType(1.25), TestType(3)) == 3 &&
         grid.pull_back(TestType(1.35), TestType(-3)) == 0));
  CHECK((listed.pull_back(TestType(-1), TestType(3)) == 3 &&
         listed.pull_back(TestType(-1.1), TestType(3)) == 0));
  // What leads back passes.
  CHECK((grid.pull_back(TestType(1.35), TestType(3)) == 3 &&
         grid.pull_back(TestType(-0.8), TestType(-3)) == -3));
  CHECK(listed.pull_back(TestType(-1.1), TestType(-3)) == -3);
}

TEST_CASE("A net works with the levels, and hands their gradient to the copy that is trained") {
  const Quantized grid{.step = 0.25, .lo = -1, .hi = 0.5};
  auto net = sequential<double>(Dense(6, 5, grid), Tanh{}, Dense(5, 2));
  initialize(net, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  random_steps(net, optimizer, 20, 2);
  const Matrix<double> latent = parameter(net, "0.weight"), w = effective_weight(net, "0.weight");
  CHECK((4 * w.array()).round().matrix() == 4 * w);
  CHECK((w.minCoeff() >= -1 && w.maxCoeff() <= 0.5));
  CHECK(latent != w);

  auto plain = sequential<double>(Dense(6, 5), Tanh{}, Dense(5, 2));
  for (const char* path : {"0.bias", "2.weight", "2.bias"}) assign(plain, path, parameter(net, path));
  assign(plain, "0.weight", w);
  const Matrix<double> x = random_matrix<double>(6, 7, 3), dy = random_matrix<double>(2, 7, 4);
  CHECK((net.forward(x) - plain.forward(x)).norm() == 0);
  net.backward(x, dy), plain.backward(x, dy);
  const Matrix<double> of_levels = gradient(plain, "0.weight");
  const Matrix<double> passes =
      ((latent.array() >= -1 || of_levels.array() < 0) && (latent.array() <= 0.5 || of_levels.array() > 0))
          .cast<double>()
          .matrix();
  CHECK(passes.sum() < 30);
  CHECK(gradient(net, "0.weight") == of_levels.cwiseProduct(passes));

  const Audit shown = audit(net);
  CHECK(shown.parameters[0].norm == Catch::Approx(w.norm()));
  CHECK(shown.parameters[0].zeros == (w.array() == 0).count());
}

TEST_CASE("Grids that make no sense are refused") {
  const auto refused = [](const auto& policy) { CHECK_THROWS_AS(policy.validate(), ValueError); };
  refused(Quantized{.step = 0});
  refused(Quantized{.step = 0.5, .lo = 0.1, .hi = 0.4});
  refused(Quantized{.step = 0.5, .lo = 1, .hi = -1});
  refused(Quantized{.step = 0.5, .lo = -std::numeric_limits<double>::infinity()});
  refused(QuantizedTo{});
  refused(QuantizedTo{0, std::nan("")});
  CHECK(message_of([] { Dense(2, 2, Quantized{.step = 0.5, .lo = 0.1, .hi = 0.4}); }) ==
        "Dense(2, 2) weight: Quantized: expected a multiple of step from lo to hi, which are finite, found "
        "step = "
        "0.5, lo = 0.1, hi = 0.4");
}

TEST_CASE("Bounds in decimals are levels, though 3 times 0.1 is not 0.3") {
  for (int k = 1; k <= 64; ++k)
    for (const double step : {0.1, 0.01, 0.3, 0.7, 1e-7}) {
      const double bound = std::stod(fmt::format("{:.9g}", k * step));
      const Quantized grid{.step = step, .lo = -bound, .hi = bound};
      CAPTURE(k, step, bound);
      CHECK(grid.weight(1e3) == k * step);
      CHECK(grid.weight(-1e3) == -k * step);
      const Quantized less{.step = step, .lo = -bound * (1 - 1e-14), .hi = bound * (1 - 1e-14)};
      CHECK(less.weight(1e3) == (k - 1) * step);
    }
}

TEST_CASE("A stored copy that a step has taken beyond the levels comes back") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, Quantized{.step = 0.25}));
  assign(net, "0.weight", Matrix<double>{{1.25}});
  CHECK(effective_weight(net, "0.weight")(0) == 1);
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  const Matrix<double> x{{1}};
  for (int k = 0; k < 100; ++k) {  // to -0.5
    const Matrix<double> error = (net.forward(x).array() + 0.5).matrix();
    net.backward(x, error);
    optimizer.step(net);
  }
  CHECK(effective_weight(net, "0.weight")(0) == -0.5);
}
