// SPDX-License-Identifier: MIT
#include "espalier/kernel/compare_dot.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using detail::ComparedDot;

TEMPLATE_TEST_CASE("The last bit of a weighted sum decides, however much cancels before it", "", float,
                   double) {
  const TestType huge = static_cast<TestType>(1e30), one = 1;
  const double tiny = 1e-30;
  const double a[4] = {3, -3, 1, tiny};
  const TestType x[4] = {huge, huge, one, one};
  CHECK(ComparedDot<TestType>(a, x, 4).excess(1) == tiny);
  CHECK_FALSE(ComparedDot<TestType>(a, x, 4).at_most(1));
  CHECK(ComparedDot<TestType>(a, x, 4).at_most(std::nextafter(1.0, 2.0)));
  CHECK(ComparedDot<TestType>(a, x, 3).at_most(1));
  CHECK_FALSE(ComparedDot<TestType>(a, x, 3).at_most(std::nextafter(1.0, 0.0)));
}

TEST_CASE("Products that no double holds are compared without their rounding") {
  // (1 + u)^2 = 1 + 2 u + u^2, and 1 + 2 u is a double.
  const double u = std::numeric_limits<double>::epsilon(), x = 1 + u;
  CHECK_FALSE(ComparedDot<double>(&x, &x, 1).at_most(1 + 2 * u));
  CHECK(ComparedDot<double>(&x, &x, 1).at_most(1 + 3 * u));
}

TEST_CASE("Sums of whole numbers are compared as whole numbers are") {
  Rng rng{1};
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<double> a, x;
    long sum = 0;
    for (int i = 0; i < 20; ++i) {
      const long k = static_cast<long>(rng.below(2001)) - 1000, l = static_cast<long>(rng.below(2001)) - 1000;
      a.push_back(static_cast<double>(k)), x.push_back(static_cast<double>(l)), sum += k * l;
    }
    for (const long off : {-1L, 0L, 1L})
      REQUIRE(ComparedDot<double>(a.data(), x.data(), 20).at_most(static_cast<double>(sum + off)) ==
              (off >= 0));
  }
}

TEST_CASE("Numbers that are not finite are at most nothing") {
  const double a = 1, infinite = -std::numeric_limits<double>::infinity(), nan = std::nan("");
  CHECK_FALSE(ComparedDot<double>(&a, &nan, 1).at_most(1));
  CHECK_FALSE(ComparedDot<double>(&a, &infinite, 1).at_most(1));
  CHECK(ComparedDot<double>(nullptr, nullptr, 0).at_most(0));
  CHECK_FALSE(ComparedDot<double>(nullptr, nullptr, 0).at_most(-1));
}
