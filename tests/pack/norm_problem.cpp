// SPDX-License-Identifier: MIT
#include "espalier/pack/norm_problem.hpp"

#include "rows.hpp"

#include "catch.hpp"

using namespace espalier;

TEST_CASE(
    "x(mu) is the minimizer with mu on the square of the norm, in the interval that the precision has") {
  const std::tuple policies(L1{0.5}, Clip{-0.1, 0.1}, MaxNorm{1});
  const detail::Elements<true, L1, Clip, MaxNorm> elements{policies};
  const float y[] = {3, -0.4F}, t[] = {1, 0.5F};
  float x[2];
  const detail::NormProblem problem(elements, y, x, 2, detail::Steps<float>{t, 1}, 1);
  CHECK(problem.intervals[0].high == Clip{-0.1, 0.1}.project(9.0F));
  CHECK(static_cast<double>(problem.intervals[0].high) <= 0.1);
  CHECK(problem.unshrunk(0) == static_cast<double>(problem.intervals[0].high));
  // argmin (x + 0.4)^2 / (2 t) + 0.5 |x| + mu x^2 / 2, mu = 6: -(0.4 - 0.25) / (1 + 3)
  CHECK(problem.at(1, 4) == Catch::Approx(-0.0375));
}

TEST_CASE("Along the path nothing cancels at the pole") {
  const double t[] = {1, 4, 4e-12};
  const detail::Path<double> path({t, 1}, 4);
  CHECK(path.regular());
  CHECK(path.shrink(1, 1e-30) == 1e-30);
  CHECK(path.shrink(0, 1e-30) == 0.75);
  CHECK(path.shrink(0, 9) == 3);  // mu = 2
  CHECK(path.shrink(2, 1 + 1e10) == Catch::Approx(1.01));
  CHECK_FALSE(detail::Path<double>({t, 1}, 0).regular());
  CHECK(detail::Path<double>({nullptr, 7}, 0).shrink(0, 3) == 3);
}
