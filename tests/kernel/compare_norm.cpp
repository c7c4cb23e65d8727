// SPDX-License-Identifier: MIT
#include "espalier/kernel/compare_norm.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using detail::compare_norm, detail::norm_holds;

namespace {

template <Scalar S>
int compare(const std::vector<S>& x, double bound) {
  return compare_norm(x.data(), static_cast<Index>(x.size()), bound);
}

}  // namespace

TEMPLATE_TEST_CASE("A norm is compared without rounding: Pythagorean rows and their neighbors", "", float,
                   double) {
  using Row = std::vector<TestType>;
  for (const double scale : {1.0, 0x1p-60, 0x1p60}) {
    const auto three = static_cast<TestType>(3 * scale), four = static_cast<TestType>(-4 * scale);
    CHECK(compare(Row{three, four}, 5 * scale) == 0);
    CHECK(compare(Row{three, four}, std::nextafter(5 * scale, 1e300)) == -1);
    CHECK(compare(Row{three, four}, std::nextafter(5 * scale, 0.0)) == 1);
    CHECK(compare(Row{three, four, static_cast<TestType>(scale * 1e-20)}, 5 * scale) == 1);
  }
  CHECK(compare(Row{}, 1) == -1);
  CHECK(compare(Row{std::numeric_limits<TestType>::denorm_min()}, 1e-300) ==
        (std::same_as<TestType, float> ? 1 : -1));
}

TEST_CASE("So it is near the ends of the doubles") {
  for (const double scale : {0x1p-1072, 0x1p-1060, 0x1p-600, 0x1p600, 0x1p1020}) {
    CAPTURE(scale);
    CHECK(compare(std::vector<double>{3 * scale, 4 * scale}, 5 * scale) == 0);
    CHECK(compare(std::vector<double>{3 * scale, 4 * scale}, std::nextafter(5 * scale, 0.0)) == 1);
    CHECK(compare(std::vector<double>{3 * scale, 4 * scale}, std::nextafter(5 * scale, 1.7e308)) == -1);
  }
  CHECK(compare(std::vector<double>(4, std::numeric_limits<double>::max()), 1e308) == 1);
}

TEST_CASE("The quick decision is the exact one on rows within roundings of the bound") {
  Rng rng{1};
  int wrong = 0, ties = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    std::vector<double> x;
    for (Index i = 0; i < 1 + trial % 40; ++i) x.push_back(rng.normal());
    const Index n = static_cast<Index>(x.size());
    double bound = detail::norm(x.data(), n);
    for (const double r : {std::nextafter(bound, 0.0), bound, std::nextafter(bound, 1e9)}) {
      wrong += compare(x, r) != detail::compare_norm_exactly(x.data(), n, r);
      ties += compare(x, r) == 0;
    }
  }
  CHECK(wrong == 0);
  CHECK(ties > 0);  // rows of one number
}

TEMPLATE_TEST_CASE("What is not finite is in no ball and on no sphere", "", float, double) {
  for (const TestType bad :
       {std::numeric_limits<TestType>::infinity(), std::numeric_limits<TestType>::quiet_NaN()})
    for (const TestType other : {TestType(0), std::numeric_limits<TestType>::max()}) {
      const std::vector<TestType> row{other, bad};
      CHECK_FALSE(norm_holds(row.data(), 2, 1, false));
      CHECK_FALSE(norm_holds(row.data(), 2, 1, true));
    }
}

TEMPLATE_TEST_CASE("A sphere is two units of roundoff wide on either side, ends included", "", float,
                   double) {
  const double unit = detail::roundoff<TestType>;
  const auto on = [](double x) {
    const auto value = static_cast<TestType>(x);
    return norm_holds(&value, 1, 1, true);
  };
  CHECK(on(1 + 2 * unit));
  CHECK(on(1 - 2 * unit));
  CHECK_FALSE(on(1 + 4 * unit));
  CHECK_FALSE(on(1 - 3 * unit));
}

TEMPLATE_TEST_CASE("A row is surely shorter only if it is, and is if it is clearly so", "", float, double) {
  using S = TestType;
  Rng rng(5);
  for (const Index n : {1, 15, 16, 31, 33, 64, 1000}) {
    CAPTURE(n);
    std::vector<S> x(static_cast<std::size_t>(n));
    for (S& number : x) number = static_cast<S>(rng.normal());
    const double length = detail::norm(x.data(), n);
    CHECK(detail::surely_shorter(x.data(), n, 1.001 * length));
    for (const double radius : {length, std::nextafter(length, 0.0), 0.999 * length, 0.0})
      CHECK_FALSE(detail::surely_shorter(x.data(), n, radius));
    x.back() = std::numeric_limits<S>::quiet_NaN();
    CHECK_FALSE(detail::surely_shorter(x.data(), n, 2 * length));
  }
  CHECK_FALSE(detail::surely_below(std::numeric_limits<S>::infinity(), 1, 1e300));
}
