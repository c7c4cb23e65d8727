// SPDX-License-Identifier: MIT
#include "espalier/constraint/sign_pattern.hpp"

#include <cmath>
#include <limits>

#include "support.hpp"

using namespace espalier;

static_assert(ElementSet<SignPattern> && Policy<SignPattern>);

TEMPLATE_TEST_CASE("Each input has its sign, and a 0 leaves its weights alone", "", float, double) {
  const SignPattern signs{+1, 0, -1};
  const auto project = [&](TestType w, Index input) {
    const TestType sign = signs.at<TestType>({3, input}), x = signs.project(w, sign);
    CHECK(signs.contains(x, sign));
    CHECK(signs.contains(w, sign) == (x == w));
    return x;
  };
  for (const TestType w : {TestType(3), TestType(1e-30), std::numeric_limits<TestType>::max(),
                           std::numeric_limits<TestType>::denorm_min()}) {
    CHECK((project(w, 0) == w && project(-w, 0) == 0));
    CHECK((project(w, 1) == w && project(-w, 1) == -w));
    CHECK((project(w, 2) == 0 && project(-w, 2) == -w));
  }
  CHECK(std::signbit(project(TestType(-0.0), 0)));
}

TEST_CASE("A sign that is no number is refused") {
  CHECK(message_of([] {
          SignPattern({1, std::nan("")}).validate();
        }) == "SignPattern: expected numbers above, at or below 0, found nan");
}
