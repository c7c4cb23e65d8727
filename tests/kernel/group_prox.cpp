// SPDX-License-Identifier: MIT
#include "espalier/kernel/group_prox.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;
using Catch::Approx;

TEST_CASE("The result has the length at which it was computed, with and without a bend, in a metric") {
  const NoElements none;
  const std::vector<double> y{3, -1, 0.5}, t{1, 0.25, 2};
  const detail::GroupProx<false, double, NoElements> straight{none, y.data(), 3, {t.data(), 1}, 0.4};
  std::vector<double> x(3);
  const double s = straight.size();
  straight.write(s, x.data());
  CHECK(detail::norm(x.data(), 3) == Approx(s).epsilon(1e-14));
  for (std::size_t i = 0; i < 3; ++i)
    CHECK((y[i] - x[i]) / t[i] == Approx(0.4 * x[i] / s).epsilon(1e-13).margin(1e-15));

  const detail::GroupProx<true, double, NoElements> bent{none, y.data(), 3, {t.data(), 1}, 2, 0.4};
  for (const double length : {0.5, 2.0}) {
    bent.write(length, x.data());  // mu = (2 - 0.4 s) / s
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(x[i] == Approx(y[i] / (1 + t[i] * (2 / length - 0.4))).epsilon(1e-14));
    const double up = bent.squares_at(length + 1e-6).value, down = bent.squares_at(length - 1e-6).value;
    CHECK(bent.squares_at(length).slope == Approx((up - down) / 2e-6).epsilon(1e-7));
  }
}

TEST_CASE("Lines of floats are what single numbers are") {
  const NoElements none;
  std::vector<float> y(100), t(100), x(100);
  for (std::size_t i = 0; i < 100; ++i) {
    y[i] = static_cast<float>(i % 7) - 3;
    t[i] = 0.1F + static_cast<float>(i % 5);
  }
  const detail::GroupProx<true, float, NoElements> problem{none, y.data(), 100, {t.data(), 1}, 2, 0.1};
  problem.write(3, x.data());
  for (Index i = 0; i < 100; ++i)
    CHECK(x[static_cast<std::size_t>(i)] == static_cast<float>(problem.at(i, 3)));
  CHECK_FALSE(problem.goes_to_zero());
}

TEST_CASE("What is not a number does not go to zero") {
  const NoElements none;
  for (const Index n : {2, 40}) {
    std::vector<double> y(static_cast<std::size_t>(n), 0.01), x = y;
    y[0] = NAN;
    const detail::GroupProx<false, double, NoElements> problem{none, y.data(), n, {nullptr, 1}, 2};
    CHECK_FALSE(problem.goes_to_zero());
    problem.write(problem.size(), x.data());
    CHECK(std::isnan(x[0]));
  }
}
