// SPDX-License-Identifier: MIT
#include "espalier/init/refined.hpp"

#include "espalier/kernel/levels.hpp"
#include "filled.hpp"

using namespace espalier;

static_assert(Initializer<SomeOfNeighbors> && Initializer<StochasticRounding<detail::GridLevels>>);

TEST_CASE("n of m neighbors stay, each as often as the others, and keep the sum of squares in the mean") {
  constexpr Index rows = 4000, cols = 10;  // blocks of 4, 4 and 2
  const WeightMatrix<double> before = test::filled<double>(HeNormal{}, rows, cols);
  for (const Index n : {1, 2, 3, 4}) {
    const WeightMatrix<double> w = test::filled<double>(SomeOfNeighbors{n, 4}, rows, cols, 7, before);
    for (Index i = 0; i < cols; ++i) {
      const Index all = i < 8 ? 4 : 2, wanted = std::min(n, all);
      const double share = static_cast<double>(wanted) / static_cast<double>(all), m = rows;
      CHECK(std::abs(static_cast<double>((w.col(i).array() != 0).count()) - share * m) <=
            4 * std::sqrt(share * (1 - share) * m));
      for (Index j = 0; j < rows; ++j)
        REQUIRE((w(j, i) == 0 || std::abs(w(j, i) - before(j, i) / std::sqrt(share)) < 1e-15));
    }
    for (Index j = 0; j < rows; ++j)
      for (const Index block : {0, 4, 8}) {
        const Index all = block < 8 ? 4 : 2;
        REQUIRE((w.row(j).segment(block, all).array() != 0).count() == std::min(n, all));
      }
    // A squared number has the variance 2, of which the choice adds.
    CHECK(std::abs(w.squaredNorm() / rows - 2) < 0.15);
  }
}

TEST_CASE("Each weight goes to one of the next two levels, and its mean is the weight") {
  const detail::GridLevels grid{.step = 0.25, .lo = -1, .hi = 0.5};
  const detail::ListedLevels listed({-1, -0.25, 0, 2});
  constexpr Index draws = 20000;
  for (const double x : {-0.9, -0.25, 0.1, 0.49, 0.0, 1.5, -3.0, 7.0}) {
    const auto mean = [&](const auto& init, double low, double high, double expected) {
      const WeightMatrix<double> w =
          test::filled<double>(init, 1, draws, 5, WeightMatrix<double>::Constant(1, draws, x));
      for (Index i = 0; i < draws; ++i) REQUIRE((w(i) == low || w(i) == high));
      CAPTURE(x);
      CHECK(std::abs(w.mean() - expected) <= 4 * (high - low) / 2 / std::sqrt(double{draws}));
    };
    const double at = std::clamp(x, -1.0, 0.5), below = std::floor(at / 0.25) * 0.25;
    mean(StochasticRounding<detail::GridLevels>{grid}, below, std::ceil(at / 0.25) * 0.25, at);
    const double in = std::clamp(x, -1.0, 2.0);
    const double low = in < -0.25 ? -1
                       : in < 0   ? -0.25
                       : in < 2   ? 0
                                  : 2,
                 high = in <= -1      ? -1
                        : in <= -0.25 ? -0.25
                        : in <= 0     ? 0
                                      : 2;
    mean(StochasticRounding<detail::ListedLevels>{listed}, low, high, in);
  }
}
