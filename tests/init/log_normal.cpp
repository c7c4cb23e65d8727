// SPDX-License-Identifier: MIT
#include "espalier/init/log_normal.hpp"

#include <numbers>

#include "espalier/core/pattern.hpp"
#include "filled.hpp"

using namespace espalier;

static_assert(Initializer<LogNormal<OneSign>> && Initializer<LogNormal<Pattern>>);

namespace {

constexpr double pi = std::numbers::pi;

/// Moments for r = 0.5 and ReLU, as arXiv:2312.12474 has them.
struct Published {
  double n, c = std::sqrt(0.75) + 0.5 * std::acos(-0.5);
  double f = n * (pi - n + (n - 1) * c) / (2 * pi);
  double mean = std::sqrt(0.5 / f), variance = 2 * 0.5 / n, bias = -n * mean / std::sqrt(2 * pi);
};

template <class Init>
Vector<double> biases(const Init& init, Index n, Index fan_in) {
  Vector<double> b(n);
  Eigen::Map<Vector<double>> view(b.data(), n);
  Rng rng{1};
  init.bias(view, fan_in, rng);
  return b;
}

}  // namespace

TEST_CASE("Magnitudes are log-normal with the published mean and variance, and so is the bias") {
  for (const Index n : {1, 7, 50, 784}) {
    const Published right{static_cast<double>(n)};
    const double spread = std::log(1 + right.variance / (right.mean * right.mean)),
                 middle = std::log(right.mean) - spread / 2;
    for (const double sign : {1.0, -1.0}) {
      const LogNormal<OneSign> init{{sign}};
      const WeightMatrix<double> w = test::filled<double>(init, 20000 / n, n, 3);
      std::vector<double> sizes;
      for (Index i = 0; i < w.size(); ++i) {
        REQUIRE(sign * w.data()[i] > 0);
        sizes.push_back(std::log(sign * w.data()[i]));
      }
      CHECK(test::distance_to(
                sizes, [&](double x) { return std::erfc((middle - x) / std::sqrt(2 * spread)) / 2; }) < 1.95);
      CHECK((biases(init, 4, n).array() / (sign * right.bias) - 1).abs().maxCoeff() < 1e-12);
    }
  }
}

TEST_CASE("Sums of ReLUs have mean 0, variance 1 and correlation 0.5, also where signs differ") {
  // The inputs are ReLUs of n + 1 normal numbers with correlation 0.5; all is drawn anew for each sample.
  constexpr Index n = 12, samples = 40000;
  const WeightMatrix<double> signs{{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
                                   {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
                                   {1, -1, 1, -1, 1, -1, -1, 1, 1, -1, 1, 1},
                                   {1, 1, 0, 0, -1, 0, 1, 0, 0, 1, 0, 0},
                                   {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}};
  const LogNormal<Pattern> init{Pattern(signs)};
  const Vector<double> b = biases(init, 5, n);
  Rng rng{5};
  Matrix<double> sums(5, samples);
  for (Index s = 0; s < samples; ++s) {
    const double common = rng.normal();
    Vector<double> x(n);
    for (Index i = 0; i < n; ++i) x(i) = std::max(0.0, std::sqrt(0.5) * (common + rng.normal()));
    sums.col(s) = test::filled<double>(init, 5, n, static_cast<std::uint64_t>(s) + 100) * x + b;
  }
  // Standard errors are estimated from the sample: magnitudes have heavy tails.
  for (Index j = 0; j < 5; ++j) {
    const auto square = sums.row(j).array().square().eval();
    CAPTURE(j, sums.row(j).mean(), square.mean());
    CHECK(std::abs(sums.row(j).mean()) < 4 * std::sqrt(square.mean() / samples));
    CHECK(std::abs(square.mean() - 1) < 4 * std::sqrt((square - square.mean()).square().mean() / samples));
  }
  const auto product = (sums.row(0).array() * sums.row(1).array()).eval();
  CHECK(std::abs(product.mean() - 0.5) < 4 * std::sqrt((product - 0.5).square().mean() / samples));
}

TEST_CASE("What reads inputs makes the same of inputs with mean 0 and variance 1, without a bias") {
  constexpr Index n = 12, samples = 40000;
  const auto init = LogNormal<OneSign>{}.of_inputs();
  CHECK(biases(init, 3, n).isZero(0));
  Rng rng{5};
  Matrix<double> sums(2, samples);
  for (Index s = 0; s < samples; ++s) {
    Vector<double> x(n);
    for (Index i = 0; i < n; ++i) x(i) = rng.normal();
    sums.col(s) = test::filled<double>(init, 2, n, static_cast<std::uint64_t>(s) + 100) * x;
  }
  const auto square = sums.row(0).array().square().eval(),
             product = (sums.row(0).array() * sums.row(1).array()).eval();
  CHECK(std::abs(square.mean() - 1) < 4 * std::sqrt((square - 1).square().mean() / samples));
  CHECK(std::abs(product.mean() - 0.5) < 4 * std::sqrt((product - 0.5).square().mean() / samples));
}
