// SPDX-License-Identifier: MIT
#include "espalier/constraint/non_negative.hpp"

#include <limits>

#include "catch.hpp"
#include "rows.hpp"

using namespace espalier;

static_assert(ElementSet<NonNegative> && Policy<NonNegative>);

TEMPLATE_TEST_CASE("weights below zero become zero, the others stay bit for bit", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  const NonNegative policy;
  for (const TestType w : {TestType(0), Limits::denorm_min(), TestType(1), Limits::max()}) {
    CHECK(policy.contains(w));
    CHECK(policy.project(w) == w);
    if (w == 0) continue;
    CHECK_FALSE(policy.contains(-w));
    CHECK(policy.project(-w) == 0);
    CHECK_FALSE(std::signbit(policy.project(-w)));
  }
  CHECK(policy.contains(TestType(-0.0)));
  CHECK(std::signbit(policy.project(TestType(-0.0))));
}

TEST_CASE("NaN is not made non-negative") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(NonNegative{}.contains(nan));
  CHECK(std::isnan(NonNegative{}.project(nan)));
}
