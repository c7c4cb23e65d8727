// SPDX-License-Identifier: MIT
#include "espalier/constraint/clip.hpp"

#include <limits>

#include "rows.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(ElementSet<Clip> && Policy<Clip>);

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

}  // namespace

TEMPLATE_TEST_CASE("weights outside go to the nearest bound, the others stay bit for bit", "", float,
                   double) {
  const Clip policy{-0.5, 2};
  CHECK(policy.project(TestType(-3)) == TestType(-0.5));
  CHECK(policy.project(TestType(3)) == 2);
  for (const double inside : {-0.5, -0.0, 0.0, 0.1, 2.0}) {
    const auto w = static_cast<TestType>(inside);
    CHECK(policy.contains(w));
    CHECK(test::same_bits<TestType>({policy.project(w)}, {w}));
  }
  CHECK_FALSE(policy.contains(std::nextafter(TestType(2), TestType(3))));
  CHECK_FALSE(policy.contains(std::nextafter(TestType(-0.5), TestType(-1))));
}

TEMPLATE_TEST_CASE("bounds that the precision does not have are rounded inwards", "", float, double) {
  for (const Clip policy : {Clip{-0.1, 0.1}, Clip{0.1, 0.3}, Clip{-1e-50, 1e-50}, Clip{-1e50, 1e-50},
                            Clip{-inf, 0.7}, Clip{0.3, inf}, Clip{-1e300, 1e300}}) {
    CAPTURE(policy.lo, policy.hi);
    CHECK_NOTHROW(policy.validate());
    for (const double y : {-1e30, -1.0, 0.0, 1.0, 1e30}) {
      const TestType x = policy.project(static_cast<TestType>(y));
      CHECK(policy.contains(x));
      CHECK(std::isfinite(x));
      CHECK(policy.project(x) == x);
    }
  }
  CHECK(static_cast<double>(Clip{-1, 0.1}.project(TestType(1))) == Catch::Approx(0.1).epsilon(1e-7));
}

TEST_CASE("bounds that hold nothing are refused") {
  CHECK(message_of([] { Clip{1, -1}.validate(); }) == "Clip: expected lo <= hi, found lo = 1, hi = -1");
  CHECK_THROWS_AS((Clip{std::numeric_limits<double>::quiet_NaN(), 1}.validate()), ValueError);
  CHECK_THROWS_AS((Clip{0, std::numeric_limits<double>::quiet_NaN()}.validate()), ValueError);
  CHECK(message_of([] {
          Clip{1 + 1e-9, 1 + 2e-9}.validate();
        }) == "Clip: expected a float between lo and hi, found lo = 1.000000001, hi = 1.000000002");
  CHECK_THROWS_AS((Clip{inf, inf}.validate()), ValueError);
  CHECK_THROWS_AS((Clip{-inf, -inf}.validate()), ValueError);
  CHECK_THROWS_AS((Clip{1e300, inf}.validate()), ValueError);
  CHECK_NOTHROW((Clip{-inf, inf}.validate()));
  CHECK_NOTHROW((Clip{0.5, 0.5}.validate()));
}

TEST_CASE("NaN is not clipped into the set") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(Clip{}.contains(nan));
  CHECK(std::isnan(Clip{}.project(nan)));
}

TEST_CASE(
    "a bound that is no normal number is met by one that is, since denormal ones count as zero in a step") {
  const Clip clip{1e-40, 1};
  CHECK(clip.project(-1.0F) == std::numeric_limits<float>::min());
  CHECK(clip.contains(clip.project(-1.0F)));
  CHECK(!std::signbit(Clip{-1e-45, 1}.project(-1.0F)));
}
