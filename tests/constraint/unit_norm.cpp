// SPDX-License-Identifier: MIT
#include "espalier/constraint/unit_norm.hpp"

#include <limits>

#include "catch.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(NormSet<UnitNorm> && Policy<UnitNorm>);

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
  CHECK(constrained(pack, Row{-3, 0}, Row{5, 1}) == Row{0, 1});  // nothing is left along the largest step
}

TEMPLATE_TEST_CASE("with L1 the threshold comes first, and what it swallows goes to its largest entry", "",
                   float, double) {
  using Row = Numbers<TestType>;
  const Pack pack(L1{1}, UnitNorm{});
  CHECK(constrained(pack, Row{2, -0.5, 0.5}) == Row{1, 0, 0});
  CHECK(constrained(pack, Row{0.25, -0.5, 0.5}) == Row{0, -1, 0});
  CHECK(constrained(Pack(L1{1}, NonNegative{}, UnitNorm{}), Row{0.25, -0.5, -0.125}) == Row{1, 0, 0});
}

TEMPLATE_TEST_CASE("with NonNegative or L1 one multiplier explains what is left, in the metric of the step",
                   "", float, double) {
  using Row = Numbers<TestType>;
  const Row t{2, 1, 0.5F};
  // (prox(y) - x) / (t x), the multiplier of the norm, where x is not 0
  const auto multiplier = [&](const Row& x, const Row& y, double threshold, std::size_t i) {
    const double shrunk = static_cast<double>(y[i]) - threshold * static_cast<double>(t[i]);
    return (shrunk - static_cast<double>(x[i])) / static_cast<double>(t[i] * x[i]);
  };
  const double eps = std::same_as<TestType, float> ? 1e-5 : 1e-12;
  for (const Row& y : {Row{1.2F, 0.9F, -0.3F}, Row{0.3F, 0.4F, -0.2F}}) {
    const Row x = constrained(Pack(NonNegative{}, UnitNorm{}), y, t);
    CHECK(x[2] == 0);
    CHECK(multiplier(x, y, 0, 0) == Catch::Approx(multiplier(x, y, 0, 1)).epsilon(eps));
    CHECK(x[0] / x[1] != Catch::Approx(y[0] / y[1]).epsilon(1e-3));  // as it would be in the Euclidean metric
    const Row sparse = constrained(Pack(L1{0.1}, UnitNorm{}), Row{y[0], y[1], 0.01F}, t);
    CHECK(sparse[2] == 0);
    CHECK(multiplier(sparse, y, 0.1, 0) == Catch::Approx(multiplier(sparse, y, 0.1, 1)).epsilon(eps));
  }
}

TEST_CASE("a user's cone or one-sided penalty reaches the best vertex") {
  using Row = Numbers<double>;
  CHECK(constrained(Pack(NonPositive{}, UnitNorm{}), Row{3, 1, 2}) == Row{0, -1, 0});
  CHECK(constrained(Pack(NonPositive{}, UnitNorm{}), Row{3, -4}) == Row{0, -1});
  // swallowed: up costs 1 - 0.5 - 0.25 a unit, down costs 0.125 for the smallest
  CHECK(constrained(Pack(OneSided{1}, UnitNorm{}), Row{0.75, 0.125, 0.5}) == Row{0, -1, 0});
  CHECK(constrained(Pack(OneSided{1}, UnitNorm{}), Row{0.9375, 0.125, 0.5}) == Row{1, 0, 0});
}
