// SPDX-License-Identifier: MIT
#include "espalier/core/round.hpp"

#include <limits>

#include "catch.hpp"

using namespace espalier;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

}  // namespace

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
