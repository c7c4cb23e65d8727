// SPDX-License-Identifier: MIT
#include "espalier/constraint/l0.hpp"

#include <limits>

#include "espalier/constraint/grid.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "nets.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(ProximalPenalty<L0> && Policy<L0> && !is_convex<L0>);

namespace {

/// The least (x - y)^2 / (2 t) + l1 |x| + l0 (x != 0) over lo <= x <= hi, by a search of a fine grid and of
/// zero.
double least_of_all(double y, double t, double l0, double l1, double lo, double hi) {
  const auto objective = [&](double x) {
    return (x - y) * (x - y) / (2 * t) + l1 * std::abs(x) + (x != 0 ? l0 : 0);
  };
  double best = lo <= 0 && hi >= 0 ? objective(0) : std::numeric_limits<double>::infinity();
  const double from = std::max(lo, y - 2 * std::abs(y) - 1), to = std::min(hi, y + 2 * std::abs(y) + 1);
  for (int k = 0; k <= 4000; ++k) best = std::min(best, objective(from + (to - from) * k / 4000));
  return std::min({best, objective(std::clamp(lo, from, to)), objective(std::clamp(hi, from, to))});
}

/// By how much what a pack makes of random weights is not the best, and how many became zero.
template <class... Ps>
double beaten(double l0, double l1, double lo, double hi, int& zeros, const Ps&... policies) {
  Rng rng{3};
  double worst = 0;
  const Numbers<double> y = test::random_row<double>(300, 1.2, rng), t = test::random_steps<double>(300, rng);
  const Numbers<double> x = constrained(Pack(policies...), y, t);
  for (std::size_t i = 0; i < y.size(); ++i) {
    REQUIRE((x[i] >= lo && x[i] <= hi));
    const double at = (x[i] - y[i]) * (x[i] - y[i]) / (2 * t[i]) + l1 * std::abs(x[i]) + (x[i] != 0 ? l0 : 0);
    worst = std::max(worst, at - least_of_all(y[i], t[i], l0, l1, lo, hi));
    zeros += x[i] == 0;
  }
  return worst;
}

}  // namespace

TEMPLATE_TEST_CASE("A weight stays bit for bit if it is worth its price, and is zero where both are equal",
                   "", float, double) {
  // 2 strength t is 4.
  const Numbers<TestType> y{2, -2, TestType(2.001), TestType(-2.001), 3, 0, TestType(-1)};
  const Numbers<TestType> right{0, 0, TestType(2.001), TestType(-2.001), 3, 0, 0};
  CHECK(test::same_bits(constrained(Pack(L0{0.5}), y, {}, TestType(4)), right));
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(L0{0.5}.prox(y[i], TestType(4)) == right[i]);
  CHECK((L0{0.5}.value(TestType(-3)) == TestType(0.5) && L0{0.5}.value(TestType(0)) == 0));
}

TEMPLATE_TEST_CASE("Without strength or a step nothing moves, at any size, and NaN and infinity stay", "",
                   float, double) {
  using Limits = std::numeric_limits<TestType>;
  Numbers<TestType> y;
  for (const double size : {1e-37, 1e-30, 1e-12, 1.0, 1e30}) y.push_back(static_cast<TestType>(-size));
  CHECK(test::same_bits(constrained(Pack(L0{0}), y), y));
  CHECK(test::same_bits(constrained(Pack(L0{3}, Clip{-1e35, 1}), y, Numbers<TestType>(y.size(), 0)), y));
  for (const TestType x : y) CHECK((L0{0}.prox(x, TestType(2)) == x && L0{3}.prox(x, TestType(0)) == x));
  const Numbers<TestType> bad = constrained(
      Pack(L0{3}), Numbers<TestType>{Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()});
  CHECK((std::isnan(bad[0]) && bad[1] == Limits::infinity() && bad[2] == -Limits::infinity()));
  CHECK(std::isnan(constrained(Pack(L0{3}, Clip{}), Numbers<TestType>{Limits::quiet_NaN()})[0]));
}

TEST_CASE("With intervals and with L1 it is the best of all weights in the metric, by search") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  int zeros = 0;
  CHECK(beaten(0.3, 0, -infinity, infinity, zeros, L0{0.3}) < 1e-15);
  CHECK(beaten(0.3, 0, -0.2, 0.6, zeros, L0{0.3}, Clip{-0.2, 0.6}) < 1e-15);
  CHECK(beaten(0.3, 0, 0, infinity, zeros, NonNegative{}, L0{0.3}) < 1e-15);
  CHECK(beaten(0.1, 0.2, -0.5, 0.6, zeros, Clip{-0.5, 0.6}, L0{0.1}, L1{0.2}) < 1e-15);
  CHECK(beaten(0.1, 0.2, -infinity, infinity, zeros, L1{0.2}, L0{0.1}) < 1e-15);
  CHECK((zeros > 300 && zeros < 1400));
  // Every weight pays, so that the price does not matter.
  CHECK(beaten(9, 0, 0.1, 0.6, zeros, L0{9}, Clip{0.1, 0.6}) < 1e-15);
}

TEST_CASE("The order in which they are written changes no bit") {
  Rng rng{7};
  const Numbers<float> y = test::random_row<float>(50, 1, rng), t = test::random_steps<float>(50, rng);
  CHECK(test::same_bits(constrained(Pack(L0{0.1}, L1{0.2}, test::clip), y, t),
                        constrained(Pack(test::clip, L1{0.2}, L0{0.1}), y, t)));
}

TEST_CASE("Prox, then clip is not the nearest weight beside Clip") {
  // 2^2 - 1.9^2 = 0.39 is what 0.1 saves of the price of 1.
  CHECK(constrained(Pack(L0{0.5}, Clip{-0.1, 0.1}), Numbers<double>{2}) == Numbers<double>{0});
  CHECK(constrained(Pack(Clip{-0.1, 0.1}, L0{0.19}), Numbers<double>{2}) == Numbers<double>{0.1});
}

TEST_CASE("The best level of a grid is kept if it is worth the price") {
  CHECK(constrained(Pack(L0{0.5}, Grid{.step = 0.5, .lo = -2, .hi = 2}),
                    Numbers<double>{0.9, 1.1, -3, 0.2}) == Numbers<double>{0, 1, -2, 0});
}

TEST_CASE("Least squares rests at hard thresholds under every rule, and no rule kills what is worth it") {
  // 50 (w - goal)^2 for each weight: from far away on, w^2 against 2 strength t, t at most 0.01.
  const auto rest = [](auto optimizer) {
    auto net = sequential<double>(Dense(3, 1, NoBias{}, L0{0.1}));
    initialize(net, Rng{1});
    for (int k = 0; k < 3000; ++k) {
      const Matrix<double> w = parameter(net, "0.weight");
      net.gradients()[0] = 100 * (w(0) - 1);
      net.gradients()[1] = 100 * (w(1) - 0.01);
      net.gradients()[2] = 100 * (w(2) + 0.5);
      optimizer.scale_rate(k < 1500 ? 1 : std::pow(10, -(k - 1500) / 300.0));
      optimizer.step(net);
    }
    return parameter(net, "0.weight");
  };
  for (const Matrix<double>& w :
       {rest(Optimizer{SGD{.learning_rate = 0.005}}), rest(Optimizer{Adam{.learning_rate = 0.005}})}) {
    CHECK(w(0) == Approx(1).epsilon(1e-6));
    CHECK(w(1) == 0);
    CHECK(w(2) == Approx(-0.5).epsilon(1e-6));
  }
}

TEST_CASE("the strength of L0 must be a number that is not negative") {
  CHECK(message_of([] { L0{-1}.validate(); }) == "L0: expected strength >= 0 and finite, found -1");
  CHECK_THROWS_AS(L0{3e38}.validate(), ValueError);
}
