// SPDX-License-Identifier: MIT
#include "espalier/pack/norm_root.hpp"

#include "rows.hpp"

#include "catch.hpp"

using namespace espalier;

TEST_CASE("The root is found however far apart the step sizes are, in a few looks at the row") {
  const std::tuple policies(MaxNorm{1});
  const detail::Elements<true, MaxNorm> elements{policies};
  Rng rng{1};
  double worst = 0;
  for (const double decades : {0.0, 1.0, 3.0, 6.0, 12.0})
    for (int trial = 0; trial < 200; ++trial) {
      const auto y = test::random_row<double>(5, 3, rng);
      if (test::length(y) <= 1) continue;
      auto t = y, x = y;
      for (double& step : t) step = std::pow(10, rng.uniform(-decades, decades));
      const detail::NormProblem problem(elements, y.data(), x.data(), 5, detail::Steps<double>{t.data(), 1},
                                        1);
      const detail::NormRoot root(problem,
                                  detail::Path<double>({t.data(), 1}, *std::max_element(t.begin(), t.end())));
      root.write(root.solve(test::length(y), 1, std::numeric_limits<double>::infinity()));
      worst = std::max(worst, std::abs(test::length(x) - 1));
    }
  CHECK(worst < 1e-14);
}
