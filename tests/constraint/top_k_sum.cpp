// SPDX-License-Identifier: MIT
#include "espalier/constraint/top_k_sum.hpp"

#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/signed_sum_bound.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/testing/projection_check.hpp"
#include "nets.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(VectorSet<TopKSum> && Policy<TopKSum>);

namespace {

/// min sum (x_i - y_i)^2 / (2 t_i) + l1 |x_i| over lo <= x_i <= hi, where no k numbers of one sign have a
/// sum above a bound: one half-space after another, each by the multiplier of its own (Hildreth 1957; Han
/// 1988).
struct HalfSpaces {
  Numbers<double> y, t;
  double lo, hi, l1, bound;
  Index k;

  Numbers<double> nearest() const {
    const std::size_t n = y.size();
    const unsigned sets = 1U << n;
    std::vector<double> multipliers(2 * sets, 0.0);
    Numbers<double> pull(n, 0.0);  // t_i times the multipliers of the half-spaces of i, with their signs
    const auto at = [&](std::size_t i, double more) {
      const double from = y[i] - t[i] * (pull[i] + more);
      return std::clamp(std::copysign(std::max(std::abs(from) - l1 * t[i], 0.0), from), lo, hi);
    };
    for (int sweep = 0; sweep < 400; ++sweep)
      for (unsigned set = 1; set < sets; ++set)
        for (const int sign : {1, -1})
          if (__builtin_popcount(set) <= k) {
            double& own = multipliers[2 * set + (sign > 0)];
            const auto sum = [&](double change) {
              double total = 0;
              for (std::size_t i = 0; i < n; ++i)
                if ((set >> i & 1U) != 0) total += sign * at(i, sign * change);
              return total;
            };
            double change = -own;
            if (sum(-own) > bound) {
              double low = -own, high = 1;
              while (sum(high) > bound) high *= 2;
              for (int step = 0; step < 60; ++step) {
                change = (low + high) / 2;
                (sum(change) > bound ? low : high) = change;
              }
            }
            own += change;
            for (std::size_t i = 0; i < n; ++i)
              if ((set >> i & 1U) != 0) pull[i] += sign * change;
          }
    Numbers<double> x(n);
    for (std::size_t i = 0; i < n; ++i) x[i] = at(i, 0);
    return x;
  }
};

/// How far a pack's rows of three are from those that the half-spaces say, at most.
template <class... Ps>
double apart(double lo, double hi, double l1, Index k, const Ps&... policies) {
  const Pack<Ps...> pack(policies...);
  Rng rng{4};
  double worst = 0;
  for (int trial = 0; trial < 40; ++trial) {
    HalfSpaces problem{
        test::random_row<double>(3, 1.5, rng), test::random_steps<double>(3, rng), lo, hi, l1, 1, k};
    if (trial % 2 == 0)
      for (double& value : problem.y) value = std::abs(value);
    const Numbers<double> x = constrained(pack, problem.y, problem.t), right = problem.nearest();
    REQUIRE(test::contains(pack, x));
    for (std::size_t i = 0; i < 3; ++i) worst = std::max(worst, std::abs(x[i] - right[i]));
  }
  return worst;
}

}  // namespace

TEST_CASE("It is the nearest row in the metric, by projecting onto all half-spaces that it is made of") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(apart(-infinity, infinity, 0, 2, TopKSum{2, 1}) < 1e-7);
  CHECK(apart(-0.7, 0.9, 0.2, 2, test::clip, TopKSum{2, 1}, L1{0.2}) < 1e-7);
  CHECK(apart(0.1, 0.6, 0, 2, TopKSum{2, 1}, Clip{0.1, 0.6}) < 1e-7);
}

TEMPLATE_TEST_CASE("Rows hold exactly, stay and are the nearest, at every scale and length", "", float,
                   double) {
  for (const double s : {1e-30, 1.0, 1e30})
    for (const Index length : {1, 2, 9, 200})
      for (const Index k : {1, 3, 40}) {
        const ProjectionTrials trials{.trials = 10, .length = length, .scale = s, .uneven_steps = s != 1};
        const ProjectionErrors errors = projection_check<TestType>(TopKSum{k, 1.3 * s}, Rng{1}, trials);
        CAPTURE(s, length, k, errors.variational);
        CHECK(errors.ok());
      }
}

TEST_CASE("One of k is Clip, all of them SignedSumBound, and between them are rows with many equal numbers") {
  Rng rng{5};
  for (int trial = 0; trial < 50; ++trial) {
    Numbers<double> y = test::random_row<double>(12, 1, rng);
    const Numbers<double> t = test::random_steps<double>(12, rng);
    CHECK(constrained(Pack(TopKSum{1, 0.6}), y, t) == constrained(Pack(Clip{-0.6, 0.6}), y, t));
    const Numbers<double> all = constrained(Pack(TopKSum{12, 0.6}), y, t),
                          signs = constrained(Pack(SignedSumBound{0.6}), y, t);
    for (std::size_t i = 0; i < 12; ++i) CHECK(all[i] == Approx(signs[i]).margin(1e-14));
    for (std::size_t i = 3; i < 12; ++i) y[i] = y[i] > 0 ? 1.5 : -1.5;
    for (const Index k : {2, 4}) {
      const Numbers<double> x = constrained(Pack(TopKSum{k, 0.6}), y);
      CHECK(test::contains(Pack(TopKSum{k, 0.6}), x));
      for (std::size_t i = 4; i < 12; ++i)
        for (std::size_t j = 3; j < i; ++j)
          if (y[i] == y[j]) CHECK(x[i] == Approx(x[j]).epsilon(1e-15));
    }
  }
}

TEST_CASE("It holds at any step sizes and beside bounds that weights rest at") {
  Rng rng{6};
  int infeasible = 0, moved = 0;
  const Pack pack(TopKSum{3, 1}, Clip{-0.5, 0.4}), above(TopKSum{2, 1.0F}, Clip{1.0 / 3, 7});
  for (int trial = 0; trial < 100; ++trial) {
    Numbers<float> y = test::random_row<float>(20, trial % 2 == 0 ? 1 : 1e6, rng), t(20);
    for (float& step : t) step = static_cast<float>(std::pow(10, rng.uniform(-9, 1)));
    if (trial % 3 == 0) t[5] = t[6] = 0;
    if (trial % 7 == 0) t.assign(20, 0);
    for (const Numbers<float>& x : {constrained(pack, y, t), constrained(Pack(TopKSum{4, 0.1}), y, t)}) {
      infeasible += !std::isfinite(test::length(x));
      moved += x != y;
    }
    const Numbers<float> x = constrained(pack, y, t), z = constrained(above, y, t);
    infeasible += !test::contains(pack, x) + !test::contains(above, z);
    infeasible +=
        !test::same_bits(test::projected(pack, x, t), x) + !test::same_bits(test::projected(above, z), z);
  }
  CHECK(infeasible == 0);
  CHECK(moved == 200);
}

TEST_CASE("Rows that are lost far outside come inside") {
  for (const double s : {1e10, 1e18, 1e150}) {
    const auto x = constrained(Pack(TopKSum{2, 1}), Numbers<double>{s, -s, s, -0.5, s / 2, 0.25});
    CHECK(test::contains(Pack(TopKSum{2, 1}), x));
    for (const double value : x) CHECK(std::isfinite(value));
  }
}

TEST_CASE("Inside of a ball, and beside a mask, it is the nearest row of both") {
  const ProjectionTrials trials{.length = 6, .uneven_steps = true};
  CHECK(projection_check<float>(Pack(TopKSum{2, 1}, MaxNorm{0.9}), Rng{1}, trials).ok());
  CHECK(projection_check<float>(Pack(TopKSum{2, 1}, Mask{1, 0, 1, 1, 0, 1}), Rng{1}, trials).ok());
}

TEST_CASE("SGD and Adam rest at the optimum of least squares, which is the nearest row in its metric") {
  const HalfSpaces problem{{1, 0.8, 0.9}, {1, 0.25, 0.1}, -9, 9, 0, 1, 2};
  const Numbers<double> right = problem.nearest();
  const auto rest = [&](auto optimizer) {
    auto net = sequential<double>(Dense(3, 1, NoBias{}, TopKSum{2, 1}));
    initialize(net, Rng{1});
    for (int k = 0; k < 6000; ++k) {
      const Matrix<double> w = parameter(net, "0.weight");
      for (std::size_t i = 0; i < 3; ++i)
        net.gradients()[i] = (w(static_cast<Index>(i)) - problem.y[i]) / problem.t[i];
      optimizer.scale_rate(k < 3000 ? 1 : std::pow(10, -(k - 3000) / 400.0));
      optimizer.step(net);
    }
    double worst = 0;
    for (std::size_t i = 0; i < 3; ++i)
      worst = std::max(worst, std::abs(parameter(net, "0.weight")(static_cast<Index>(i)) - right[i]));
    return worst;
  };
  CHECK(rest(Optimizer{SGD{.learning_rate = 0.05}}) < 1e-6);
  CHECK(rest(Optimizer{Adam{.learning_rate = 0.01}}) < 1e-6);
}

TEST_CASE("A net keeps it; numbers that make no sense and bounds that nothing meets are refused") {
  auto net = sequential<float>(Dense(40, 5, TopKSum{4, 0.5}));
  initialize(net, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  random_steps(net, optimizer, 30, 2);
  CHECK(feasible(net));
  CHECK(message_of([] { TopKSum{0, 1}.validate(); }) == "TopKSum: expected k >= 1, found 0");
  CHECK_THROWS_AS((TopKSum{2, -1}.validate()), ValueError);
  CHECK_THROWS_AS(Pack(TopKSum{3, 1}, Clip{0.5, 1}).validate("0.weight", 3), ValueError);
  CHECK_NOTHROW(Pack(TopKSum{2, 1}, Clip{0.5, 1}).validate("0.weight", 3));
  CHECK(std::isnan(constrained(Pack(TopKSum{2, 1}), Numbers<float>{5, std::nanf(""), 7})[1]));
}
