// SPDX-License-Identifier: MIT
// Bounds on norms against Keras, PyTorch and optax (make_peers.py): the same but for what ours do otherwise
// on purpose, which stands here as a number.
#include "catch.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/min_max_norm.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "peers.hpp"

using namespace espalier;
using Catch::Approx;
using namespace peers;

namespace {

constexpr double epsilon = 1e-7;  // Keras' and renorm's, in denominators

/// Of what is not 0.
template <Scalar S>
double leak(const Numbers<S>& y) {
  const double length = test::length(y);
  return length == 0 ? 1 : (length + epsilon) / length;
}
template <Scalar S>
auto in_ball() {
  return [](const Numbers<S>& y, const Case& at) { return test::projected(Pack(MaxNorm{at.radius}), y); };
}
template <Scalar S>
auto in_shell() {
  return [](const Numbers<S>& y, const Case& at) {
    return test::projected(Pack(MinMaxNorm{.lo = at.radius / 2, .hi = at.radius}), y);
  };
}
template <Scalar S>
auto on_sphere() {
  return [](const Numbers<S>& y, const Case&) { return test::projected(Pack(UnitNorm{}), y); };
}
template <Scalar S>
double roundings(const Compared<S>& row) {
  return 8 * unit<S> * largest(row.ours);
}

}  // namespace

TEMPLATE_TEST_CASE("MaxNorm is optax's projection_l2_ball", "", float, double) {
  for_each_row<TestType>("optax_l2_ball", in_ball<TestType>(), [](const Compared<TestType>& row) {
    CHECK(apart(row.ours, row.theirs) <= roundings(row));
  });
}

TEMPLATE_TEST_CASE("MaxNorm is Keras' MaxNorm without the 1e-7 that shrinks every weight", "", float,
                   double) {
  double most = 1;
  for_each_row<TestType>("keras_max_norm", in_ball<TestType>(), [&](const Compared<TestType>& row) {
    CHECK(apart(row.ours, row.theirs, leak(row.y)) <= roundings(row));
    if (test::length(row.y) <= row.at.radius) CHECK(test::same_bits(row.ours, row.y));
    if (largest(row.y) > 0) most = std::max(most, test::length(row.ours) / test::length(row.theirs));
  });
  CHECK(most == Approx(38.085).epsilon(1e-4));  // by this factor theirs is too short, of a norm of 2.7e-9
}

TEMPLATE_TEST_CASE("MaxNorm is torch.renorm of rows without the 1e-7, which shrinks what is too long", "",
                   float, double) {
  Index inside = 0, shrunk = 0;
  for_each_row<TestType>("torch_renorm", in_ball<TestType>(), [&](const Compared<TestType>& row) {
    const bool holds = test::length(row.y) <= row.at.radius;
    CHECK(apart(row.ours, row.theirs, holds ? 1 : leak(row.y)) <= roundings(row));
    ++(holds ? inside : shrunk);
  });
  CHECK(inside > 40);
  CHECK(shrunk > 40);
}

TEMPLATE_TEST_CASE("MinMaxNorm is Keras' of rate 1 without the 1e-7, and has a direction for zeros", "",
                   float, double) {
  for_each_row<TestType>("keras_min_max_norm", in_shell<TestType>(), [](const Compared<TestType>& row) {
    if (largest(row.y) > 0) {
      CHECK(apart(row.ours, row.theirs, leak(row.y)) <= roundings(row));
    } else {
      CHECK(largest(row.theirs) == 0);
      CHECK(largest(row.ours) == Approx(row.at.radius / 2).epsilon(4 * unit<TestType>));
    }
  });
}

TEST_CASE("Keras' rate of 1/2 goes half of the way, and leaves what was outside there") {
  Index outside = 0;
  for_each_row<double>(
      "keras_min_max_norm_half", in_shell<double>(),
      [&](const Compared<double>& row) {
        if (largest(row.y) == 0) return;
        const double middle = (test::length(row.y) + test::length(row.ours)) / 2;
        const double theirs = test::length(row.theirs) * leak(row.y);
        CHECK(theirs == Approx(middle).epsilon(1e-14));
        outside += theirs > row.at.radius * 1.01;
      },
      "middle");
  CHECK(outside == 33);  // of 35: two were inside
}

TEMPLATE_TEST_CASE("UnitNorm is optax's projection_l2_sphere, and has a direction for zeros", "", float,
                   double) {
  for_each_row<TestType>(
      "optax_l2_sphere", on_sphere<TestType>(),
      [](const Compared<TestType>& row) {
        if (largest(row.y) > 0)
          CHECK(apart(row.ours, row.theirs) <= roundings(row));
        else  // theirs are NaN
          CHECK(test::length(row.ours) == 1);
      },
      "middle outside inside");
}

TEMPLATE_TEST_CASE("UnitNorm is Keras' UnitNorm without the 1e-7, and has a direction for zeros", "", float,
                   double) {
  double least = 1;
  for_each_row<TestType>(
      "keras_unit_norm", on_sphere<TestType>(),
      [&](const Compared<TestType>& row) {
        if (largest(row.y) == 0) {
          CHECK(largest(row.theirs) == 0);
          CHECK(test::length(row.ours) == 1);
          return;
        }
        CHECK(apart(row.ours, row.theirs, leak(row.y)) <= roundings(row));
        least = std::min(least, test::length(row.theirs));
      },
      "middle outside inside");
  CHECK(least == Approx(0.026257).epsilon(1e-4));  // the norm that one of theirs has
}

TEST_CASE("After 10,000 calls of Keras' MaxNorm a weight of 0.01 in the ball is 0.009; ours is 0.01") {
  CHECK(expected()["keras_max_norm_leak/float32"].at(0) == Approx(0.0090034846));
  CHECK(expected()["keras_max_norm_leak/float64"].at(0) == Approx(0.0090000105));
  Numbers<float> w{0.01F};
  for (int k = 0; k < 10000; ++k) w = test::projected(Pack(MaxNorm{1}), w);
  CHECK(w.front() == 0.01F);
}

TEST_CASE("Of 1,000 rows in float none of ours is outside, of theirs up to half are") {
  const auto square = [](const Numbers<float>& row) {
    long double sum = 0;
    for (const float x : row) sum += static_cast<long double>(x) * static_cast<long double>(x);
    return sum;
  };
  const auto ours = [](const auto& policy) {
    return [=](const Numbers<float>& y) { return test::projected(Pack(policy), y); };
  };
  CHECK(theirs_outside("keras_max_norm") == 424);
  CHECK(theirs_outside("torch_renorm") == 418);
  CHECK(theirs_outside("optax_l2_ball") == 493);
  CHECK(ours_outside(ours(MaxNorm{1}), [&](const auto& row) { return square(row) <= 1 + 0x1p-60L; }) == 0);
  CHECK(theirs_outside("keras_min_max_norm_below") == 574);
  CHECK(ours_outside(ours(MinMaxNorm{.lo = 4, .hi = 8}),
                     [&](const auto& row) { return square(row) >= 16 * (1 - 0x1p-60L); }) == 0);
  CHECK(theirs_outside("keras_unit_norm") == 12);
  CHECK(theirs_outside("optax_l2_sphere") == 5);
  CHECK(theirs_outside("geotorch_sphere") == 29);
  CHECK(ours_outside(ours(UnitNorm{}), [&](const auto& row) {
          return std::abs(std::sqrt(square(row)) - 1) <= 0x1p-23L * (1 + 0x1p-30L);
        }) == 0);
}

TEST_CASE(
    "In float, rows of 10^30 go to the ball and rows of 10^-30 to the sphere; theirs to 0 and infinity") {
  for (Index k = 0; k < 8; ++k) {
    const Numbers<float> huge = row_of<float>("huge", 5, k);
    CHECK(test::length(test::projected(Pack(MaxNorm{1}), huge)) == Approx(1).epsilon(4 * unit<float>));
    for (const std::string peer : {"keras_max_norm", "torch_renorm", "optax_l2_ball"})
      CHECK(largest(row_of<double>("huge/" + peer, 5, k)) == 0);
    Numbers<float> tiny = huge;
    for (float& x : tiny) x = x * 0x1p-100F * 0x1p-100F;
    CHECK(test::length(test::projected(Pack(UnitNorm{}), tiny)) == Approx(1).epsilon(4 * unit<float>));
    CHECK(test::length(row_of<double>("tiny/keras_unit_norm", 5, k)) < 1e-20);
  }
  CHECK(expected()["tiny/infinite_of_optax_l2_sphere"].at(0) == 40);  // all
}

TEST_CASE("In the metric of uneven steps Euclidean balls and spheres cost more than ours, and never less") {
  const CostRatio ball =
      cost_ratio<MaxNorm>("optax_l2_ball", [](const Case& at) { return MaxNorm{at.radius}; });
  CHECK(ball.most == Approx(2.4809016).epsilon(1e-6));
  CHECK(ball.less == 0);
  const CostRatio sphere = cost_ratio<UnitNorm>("optax_l2_sphere", [](const Case&) { return UnitNorm{}; });
  CHECK(sphere.most == Approx(4.0968588).epsilon(1e-6));
  CHECK(sphere.less == 0);
}
