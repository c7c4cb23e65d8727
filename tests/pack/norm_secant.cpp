// SPDX-License-Identifier: MIT
#include "espalier/pack/norm_secant.hpp"

#include "rows.hpp"

#include "catch.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("A row that is not far is brought close to its norm, or left as it was", "", float,
                   double) {
  const std::tuple policies(MaxNorm{1});
  const detail::Elements<true, MaxNorm> elements{policies};
  Rng rng{1};
  int solved = 0, touched = 0, off = 0;
  for (const double spread : {0.5, 1.0, 4.0})
    for (int trial = 0; trial < 200; ++trial) {
      const auto y = test::random_row<TestType>(50, 0.17, rng);
      auto t = y, x = y;
      for (TestType& step : t) step = static_cast<TestType>(std::exp(spread * rng.normal()));
      const detail::NormProblem problem(elements, y.data(), x.data(), 50,
                                        detail::Steps<TestType>{t.data(), 1}, 1);
      const detail::RowSums row = detail::row_sums<true>(y.data(), t.data(), 50);
      if (detail::NormSecant(problem, row).template solve<true>())
        ++solved, off += std::abs(test::length(x) - 1) > 3 * detail::roundoff<TestType> + 1e-15;
      else
        touched += !test::same_bits(x, y);
    }
  CHECK(solved > 200);
  CHECK(solved < 600);
  CHECK(touched == 0);
  CHECK(off == 0);
}
