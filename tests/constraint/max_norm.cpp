// SPDX-License-Identifier: MIT
#include "espalier/constraint/max_norm.hpp"

#include <algorithm>
#include <limits>

#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(NormSet<MaxNorm> && Policy<MaxNorm>);

namespace {

Numbers<double> to_ball(Numbers<double> x, double radius) {
  const double factor = std::min(1.0, radius / test::length(x));
  for (double& value : x) value *= factor;
  return x;
}
Numbers<double> to_box(Numbers<double> x, double lo, double hi) {
  for (double& value : x) value = std::clamp(value, lo, hi);
  return x;
}
double distance(const Numbers<double>& a, const Numbers<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

}  // namespace

TEMPLATE_TEST_CASE("a long row is shortened to the radius, not below it, and never above", "", float,
                   double) {
  Rng rng{1};
  int outside = 0, short_of_it = 0, turned = 0;
  for (const double radius : {1.0, 0.1, 3.0, 1e-3, 1e20})
    for (const Index n : {1, 2, 5, 784})
      for (int trial = 0; trial < (n > 5 ? 5 : 200); ++trial) {
        const Numbers<TestType> y = test::random_row<TestType>(n, 4 * radius, rng);
        const Numbers<TestType> x = constrained(Pack(MaxNorm{radius}), y);
        const double length = test::length(x), before = test::length(y);
        outside += length > radius;
        if (before <= radius) continue;
        short_of_it += length < radius * (1 - 6 * detail::roundoff<TestType>);
        for (std::size_t i = 0; i < x.size(); ++i)
          turned += std::abs(static_cast<double>(x[i]) - static_cast<double>(y[i]) * (radius / before)) >
                    6 * detail::roundoff<TestType> * radius;
      }
  CHECK(outside == 0);
  CHECK(short_of_it == 0);
  CHECK(turned == 0);
}

TEMPLATE_TEST_CASE("a feasible row is not touched, not even at the radius", "", float, double) {
  const Pack pack(MaxNorm{5});
  for (const Numbers<TestType>& row : {Numbers<TestType>{3, -4}, {0, 0}, {-0.0, 5}, {TestType(1e-40), 0}}) {
    CHECK(test::contains(pack, row));
    CHECK(test::same_bits(constrained(pack, row), row));
  }
  // 10,000 rounds of Keras' formula make 0.009 of 0.01
  Numbers<TestType> small{TestType(0.01)};
  for (int round = 0; round < 10000; ++round) small = constrained(pack, small);
  CHECK(small[0] == TestType(0.01));
  CHECK_FALSE(test::contains(pack, Numbers<TestType>{3, std::nextafter(TestType(4), TestType(5))}));
}

TEST_CASE("in a metric a weight with a small step yields less") {
  // argmin (x1 - 3)^2 / 2 + 5 (x2 - 4)^2 over the disc: (x - y) / t = -mu x
  const Numbers<double> y{3, 4}, t{1, 0.1}, x = constrained(Pack(MaxNorm{1}), y, t);
  CHECK(test::length(x) == Catch::Approx(1).epsilon(1e-14));
  CHECK((y[0] - x[0]) / t[0] / x[0] == Catch::Approx((y[1] - x[1]) / t[1] / x[1]).epsilon(1e-12));
  CHECK(x[1] / x[0] > 4);
  const Numbers<double> euclidean = constrained(Pack(MaxNorm{1, Metric::euclidean}), y, t);
  CHECK(euclidean[0] == Catch::Approx(0.6).epsilon(1e-14));
  CHECK(euclidean[1] == Catch::Approx(0.8).epsilon(1e-14));
}

TEST_CASE("with NonNegative the cone comes first: ball first shrinks too much") {
  const Numbers<double> y{3, -4}, x = constrained(Pack(NonNegative{}, MaxNorm{1}), y);
  CHECK(x == Numbers<double>{1, 0});
  const Numbers<double> wrong = to_box(to_ball(y, 1), 0, 9);
  CHECK(wrong[0] == Catch::Approx(0.6));
}

TEST_CASE("with Clip a common factor is clipped to the radius: both sequences are wrong") {
  const Pack pack(Clip{-1, 1}, MaxNorm{1.2});
  const Numbers<double> y{3, 0.8, -0.1}, x = constrained(pack, y);
  CHECK(x[0] == Catch::Approx(1).epsilon(1e-14));
  CHECK(test::length(x) == Catch::Approx(1.2).epsilon(1e-14));
  CHECK(x[1] / x[2] == Catch::Approx(-8).epsilon(1e-12));
  const Numbers<double> box_first = to_ball(to_box(y, -1, 1), 1.2),
                        ball_first = to_box(to_ball(y, 1.2), -1, 1);
  CHECK(test::contains(pack, box_first));
  CHECK(test::contains(pack, ball_first));
  CHECK(distance(box_first, y) > distance(x, y) + 0.01);
  CHECK(distance(ball_first, y) > distance(x, y) + 0.01);
}

TEST_CASE("with L1 the threshold comes before the ball") {
  const double strength = 0.5;
  const Numbers<double> y{3, -0.6, 0.2}, x = constrained(Pack(L1{strength}, MaxNorm{1}), y);
  CHECK(x[0] / x[1] == Catch::Approx(-2.5 / 0.1).epsilon(1e-12));
  CHECK(x[2] == 0);
  CHECK(test::length(x) == Catch::Approx(1).epsilon(1e-14));
  Numbers<double> wrong = to_ball(y, 1);
  for (double& value : wrong) value = L1{strength}.prox(value, 1.0);
  CHECK(wrong[1] == 0);
}

TEST_CASE("a radius must be a positive number") {
  CHECK_NOTHROW(MaxNorm{1e-300}.validate());
  CHECK(message_of([] { MaxNorm{}.validate(); }) == "MaxNorm: expected radius > 0 and finite, found 0");
  CHECK(message_of([] { MaxNorm{-1}.validate(); }) == "MaxNorm: expected radius > 0 and finite, found -1");
  CHECK_THROWS_AS(MaxNorm{std::numeric_limits<double>::infinity()}.validate(), ValueError);
  CHECK_THROWS_AS(MaxNorm{std::numeric_limits<double>::quiet_NaN()}.validate(), ValueError);
}
