// SPDX-License-Identifier: MIT
#include "espalier/kernel/wide_line.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using detail::WideInterval;

TEMPLATE_TEST_CASE("A line becomes lines of doubles and back, number by number", "", float, double) {
  using S = TestType;
  Rng rng(1);
  typename Line<S>::Array numbers, back;
  for (Index i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<S>(rng.normal());
  Index next = 0;
  for (const Line<double>& part : detail::widened(Line<S>(numbers))) {
    for (const double x : part.array()) CHECK(x == static_cast<double>(numbers[next++]));
    detail::store_narrow(part, back.data() + next - Line<double>::size);
  }
  CHECK(next == Line<S>::size);
  CHECK((back == numbers).all());
  float rounded[Line<double>::size];
  detail::store_narrow(Line<double>(0.1), rounded);
  for (const float x : rounded) CHECK(x == 0.1F);
}

TEST_CASE("A fused product and sum are rounded once") {
  // (1 + e)^2 - 1 - 2e is e^2, which a product that is rounded loses.
  const double e = 0x1p-40, square = 1 + 2 * e;
  CHECK((detail::fused(1 + e, 1 + e, -square).array() == e * e).all());
}

TEMPLATE_TEST_CASE("An interval clamps lines as single numbers, and has no ends where they are not bounded",
                   "", float, double) {
  using S = TestType;
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<detail::Interval<S>> intervals{{}, {S(-1), S(2)}, {S(0), detail::Interval<S>{}.high}};
  for (const detail::Interval<S>& interval : intervals)
    for (const double x : {-infinity, -1e300, -1.5, -1.0, -0.5, 0.0, 1.0, 2.0, 3.0, 1e300}) {
      CAPTURE(interval.low, interval.high, x);
      const WideInterval wide(interval);
      CHECK((wide.clamp(x).array() == interval.clamp(x)).all());
      if (std::isfinite(x)) CHECK((wide.strictly_inside(x).array() == interval.strictly_inside(x)).all());
    }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(WideInterval(intervals[1]).clamp(nan).array().isNaN().all());
}
