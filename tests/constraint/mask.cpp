// SPDX-License-Identifier: MIT
#include "espalier/constraint/mask.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"

using namespace espalier;

static_assert(ElementSet<Mask> && Policy<Mask>);

TEMPLATE_TEST_CASE("Where a mask is 0 the weight is 0, elsewhere it is what it was, to the bit", "", float,
                   double) {
  const Mask mask{1, 0, 0.5};
  for (const TestType w :
       {TestType(-3), TestType(1e-30), TestType(1e30), std::numeric_limits<TestType>::max()}) {
    for (const Index input : {0, 2}) {
      CHECK(mask.contains(w, mask.at<TestType>({4, input})));
      CHECK(mask.project(w, mask.at<TestType>({4, input})) == w);
    }
    CHECK_FALSE(mask.contains(w, mask.at<TestType>({4, 1})));
    CHECK(mask.project(w, mask.at<TestType>({4, 1})) == 0);
  }
  CHECK(mask.contains(TestType(-0.0), TestType(0)));
  CHECK(std::signbit(mask.project(TestType(-0.0), TestType(0))));
}
