// SPDX-License-Identifier: MIT
#include "espalier/core/check.hpp"

#include "support.hpp"

using namespace espalier;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a matrix of another shape is refused with both shapes") {
  CHECK_NOTHROW(detail::check_shape("f", "a batch of {} x {}", 2, 3, 2, 3));
  CHECK_THROWS_AS(detail::check_shape("f", "a batch of {} x {}", 2, 3, 2, 4), ShapeError);
  CHECK(message_of([] { detail::check_shape("f", "a batch of {} x {}", 2, 3, 3, 2); }) ==
        "f: expected a batch of 2 x 3, found 3 x 2");
}

TEST_CASE("option values out of range are refused with their name and value") {
  using detail::check_below_one, detail::check_not_negative, detail::check_positive;
  CHECK_NOTHROW(check_not_negative("L1", "strength", 0));
  CHECK_NOTHROW(check_not_negative("L1", "strength", 1e300));
  CHECK_NOTHROW(check_positive("MaxNorm", "radius", 1e-300));
  CHECK_NOTHROW(check_below_one("SGD", "momentum", 0));
  CHECK_NOTHROW(check_below_one("Dropout", "rate", -1, -2));
  for (const double bad : {-1e-300, -1.0, inf, -inf, std::numeric_limits<double>::quiet_NaN()}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(check_not_negative("L1", "strength", bad), ValueError);
    CHECK_THROWS_AS(check_positive("MaxNorm", "radius", bad), ValueError);
    CHECK_THROWS_AS(check_below_one("SGD", "momentum", bad), ValueError);
  }
  CHECK_THROWS_AS(check_positive("MaxNorm", "radius", 0), ValueError);
  CHECK_THROWS_AS(check_below_one("SGD", "momentum", 1), ValueError);
  CHECK(message_of([] { check_not_negative("L1", "strength", -2); }) ==
        "L1: expected strength >= 0 and finite, found -2");
  CHECK(message_of([] { check_positive("MaxNorm", "radius", 0); }) ==
        "MaxNorm: expected radius > 0 and finite, found 0");
  CHECK(message_of([] { check_below_one("SGD", "momentum", 1.5); }) ==
        "SGD: expected 0 <= momentum < 1, found 1.5");
}

TEST_CASE("bounds are rounded inwards, to the nearest number of the precision that is not denormal") {
  using detail::round_down, detail::round_up;
  const auto next = [](float x) {
    const float above = std::nextafter(x, std::numeric_limits<float>::infinity());
    if (std::fpclassify(above) != FP_SUBNORMAL) return above;
    return x < 0 ? 0.0F : std::numeric_limits<float>::min();
  };
  for (const double x : {0.1, -0.1, 1e-50, -1e-50, 1e40, -1e40, 0.5, 3.0}) {
    CAPTURE(x);
    const float up = round_up<float>(x), down = round_down<float>(x);
    CHECK(static_cast<double>(up) >= x);
    CHECK(static_cast<double>(down) <= x);
    CHECK((up == down || next(down) == up));
    CHECK((up == down) == (x == 0.5 || x == 3));
    CHECK(round_up<double>(x) == x);
    CHECK(round_down<double>(x) == x);
  }
  CHECK(round_down<float>(1e40) == std::numeric_limits<float>::max());
  CHECK(round_up<float>(-inf) == -std::numeric_limits<float>::infinity());
}

TEST_CASE("no bound is the negative zero, which would make the order of policies visible") {
  CHECK_FALSE(std::signbit(detail::round_up<float>(-1e-50)));
  CHECK_FALSE(std::signbit(detail::round_up<double>(-0.0)));
  CHECK_FALSE(std::signbit(detail::round_down<float>(-0.0)));
}
