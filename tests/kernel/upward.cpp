// SPDX-License-Identifier: MIT
#include "espalier/kernel/upward.hpp"

#include <vector>

#include "../catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;

TEST_CASE("Sums, products, quotients and roots are never below what is true, in long double") {
  Rng rng(1);
  for (int k = 0; k < 20000; ++k) {
    const double a = std::exp(rng.uniform(-20, 20)), b = std::exp(rng.uniform(-20, 20));
    const long double x = a, y = b;
    const auto close = [](double bound, long double right) {
      return bound >= right && bound <= right * (1 + 0x1p-51L);
    };
    CHECK(close(detail::sum_above(a, b), x + y));
    CHECK(close(detail::product_above(a, b), x * y));
    CHECK(close(detail::quotient_above(a, b), x / y));
    CHECK(close(detail::root_above(a), std::sqrt(x)));
  }
}

TEST_CASE(
    "Zeros and ones are exact, what vanishes does not, and what overflows or is no number is infinite") {
  CHECK(detail::sum_above(0, 0) == 0);
  CHECK(detail::product_above(0, HUGE_VAL) == 0);
  CHECK(detail::product_above(1, 3) == 3);
  CHECK(detail::root_above(1) == 1);
  CHECK(detail::product_above(1e-200, 1e-200) > 0);
  CHECK(detail::product_above(1e200, 1e200) == HUGE_VAL);
  CHECK(detail::quotient_above(1, 0) == HUGE_VAL);
  CHECK(detail::above(std::nan("")) == HUGE_VAL);
  CHECK(detail::total_above(0, 9) == 0);
}

TEST_CASE("Totals and norms are bounds of sums in whatever order") {
  Rng rng(2);
  for (const Index n : {1, 7, 1000}) {
    std::vector<double> x(static_cast<std::size_t>(n));
    long double sum = 0, squares = 0;
    for (double& each : x) {
      each = rng.uniform();
      sum += each, squares += static_cast<long double>(each) * each;
    }
    const double total = detail::sum_of_above(n, [&](Index i) { return x[static_cast<std::size_t>(i)]; });
    CHECK((total >= sum && total <= sum * (1 + 1e-12L)));
    const double length = detail::norm_above(x.data(), n);
    CHECK((length >= std::sqrt(squares) && length <= std::sqrt(squares) * (1 + 1e-12L)));
  }
}
