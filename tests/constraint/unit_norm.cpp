// SPDX-License-Identifier: MIT
#include "espalier/constraint/unit_norm.hpp"

#include <limits>

#include "catch.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

namespace {

struct NonPositive {
  static constexpr bool homogeneous = true;
  bool contains(Scalar auto w) const { return w <= 0; }
  template <Scalar S>
  S project(S w) const {
    return w > 0 ? S(0) : w;
  }
};

/// Only what is above zero costs.
struct OneSided {
  static constexpr bool homogeneous = true;
  double strength;

  template <Scalar S>
  S value(S w) const {
    return static_cast<S>(strength) * (w > 0 ? w : S(0));
  }
  template <Scalar S>
  S prox(S y, S t) const {
    const S threshold = static_cast<S>(strength) * t;
    return y > threshold ? y - threshold : y > 0 ? S(0) : y;
  }
};

}  // namespace

TEMPLATE_TEST_CASE("rows are scaled to norm one, within two units of roundoff", "", float, double) {
  const Numbers<TestType> x = constrained(Pack(UnitNorm{}), Numbers<TestType>{3, -4});
  CHECK(static_cast<double>(x[0]) == Catch::Approx(0.6).epsilon(3 * detail::roundoff<TestType>));
  CHECK(static_cast<double>(x[1]) == Catch::Approx(-0.8).epsilon(3 * detail::roundoff<TestType>));
  CHECK(test::same_bits(constrained(Pack(UnitNorm{}), x), x));
  const TestType unit = std::numeric_limits<TestType>::epsilon() / 2;
  CHECK(test::contains(Pack(UnitNorm{}), Numbers<TestType>{1 + 2 * unit}));
  CHECK(test::contains(Pack(UnitNorm{}), Numbers<TestType>{1 - 2 * unit}));
  CHECK_FALSE(test::contains(Pack(UnitNorm{}), Numbers<TestType>{1 + 4 * unit}));
  CHECK_FALSE(test::contains(Pack(UnitNorm{}), Numbers<TestType>{1 - 3 * unit}));
}

TEMPLATE_TEST_CASE("a zero row goes to the coordinate with the largest step, the first of equals", "", float,
                   double) {
  using Row = Numbers<TestType>;
  const Pack pack(UnitNorm{});
  CHECK(constrained(pack, Row{0, 0, 0}) == Row{1, 0, 0});
  CHECK(constrained(pack, Row{-0.0, -0.0}) == Row{1, 0});
  CHECK(constrained(pack, Row{0, 0, 0, 0}, Row{1, 3, 2, 3}) == Row{0, 1, 0, 0});
  CHECK(constrained(Pack(UnitNorm{Metric::euclidean}), Row{0, 0}, Row{1, 3}) == Row{1, 0});
}

TEMPLATE_TEST_CASE("with NonNegative the cone comes first, and a row below zero goes to its largest entry",
                   "", float, double) {
  using Row = Numbers<TestType>;
  const Pack pack(NonNegative{}, UnitNorm{});
  CHECK(constrained(pack, Row{3, -4}) == Row{1, 0});  // sphere first: (0.6, 0), not even feasible
  CHECK(constrained(pack, Row{-3, -1, -2}) == Row{0, 1, 0});
  CHECK(constrained(pack, Row{-3, -2, -2}) == Row{0, 1, 0});
  CHECK(constrained(pack, Row{0, 0}) == Row{1, 0});
  CHECK(constrained(pack, Row{-3, 0}, Row{5, 1}) == Row{0, 1});  // always Euclidean
}

TEMPLATE_TEST_CASE("with L1 the threshold comes first, and what it swallows goes to its largest entry", "",
                   float, double) {
  using Row = Numbers<TestType>;
  const Pack pack(L1{1}, UnitNorm{});
  CHECK(constrained(pack, Row{2, -0.5, 0.5}) == Row{1, 0, 0});
  CHECK(constrained(pack, Row{0.25, -0.5, 0.5}) == Row{0, -1, 0});
  CHECK(constrained(pack, Row{2, 2, 2}, Row{3, 1.5F, 0}) ==
        constrained(pack, Row{2, 2, 2}));  // always Euclidean
  CHECK(constrained(Pack(L1{1}, NonNegative{}, UnitNorm{}), Row{0.25, -0.5, -0.125}) == Row{1, 0, 0});
}

TEST_CASE("a user's cone or one-sided penalty reaches the best vertex") {
  using Row = Numbers<double>;
  CHECK(constrained(Pack(NonPositive{}, UnitNorm{}), Row{3, 1, 2}) == Row{0, -1, 0});
  CHECK(constrained(Pack(NonPositive{}, UnitNorm{}), Row{3, -4}) == Row{0, -1});
  // swallowed: up costs 1 - 0.5 - 0.25 a unit, down costs 0.125 for the smallest
  CHECK(constrained(Pack(OneSided{1}, UnitNorm{}), Row{0.75, 0.125, 0.5}) == Row{0, -1, 0});
  CHECK(constrained(Pack(OneSided{1}, UnitNorm{}), Row{0.9375, 0.125, 0.5}) == Row{1, 0, 0});
}
