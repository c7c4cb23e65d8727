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
  using detail::check_fraction, detail::check_not_negative, detail::check_positive;
  CHECK_NOTHROW(check_not_negative("L1", "strength", 0));
  CHECK_NOTHROW(check_not_negative("L1", "strength", 1e300));
  CHECK_NOTHROW(check_positive("MaxNorm", "radius", 1e-300));
  CHECK_NOTHROW(check_fraction("SGD", "momentum", 0));
  CHECK_NOTHROW(check_fraction("Dropout", "rate", -1, -2));
  for (const double bad : {-1e-300, -1.0, inf, -inf, std::numeric_limits<double>::quiet_NaN()}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(check_not_negative("L1", "strength", bad), ValueError);
    CHECK_THROWS_AS(check_positive("MaxNorm", "radius", bad), ValueError);
    CHECK_THROWS_AS(check_fraction("SGD", "momentum", bad), ValueError);
  }
  CHECK_THROWS_AS(check_positive("MaxNorm", "radius", 0), ValueError);
  CHECK_THROWS_AS(check_fraction("SGD", "momentum", 1), ValueError);
  CHECK(message_of([] { check_not_negative("L1", "strength", -2); }) ==
        "L1: expected strength >= 0 and finite, found -2");
  CHECK(message_of([] { check_positive("MaxNorm", "radius", 0); }) ==
        "MaxNorm: expected radius > 0 and finite, found 0");
  CHECK(message_of([] { check_fraction("SGD", "momentum", 1.5); }) ==
        "SGD: expected 0 <= momentum < 1, found 1.5");
}
