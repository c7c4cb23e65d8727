// SPDX-License-Identifier: MIT
#include "espalier/constraint/quantized_toward_zero.hpp"

#include <cmath>
#include <limits>

#include "espalier/certify/audit.hpp"
#include "espalier/constraint/signed_sum_bound.hpp"
#include "espalier/constraint/top_k_sum.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(ElementMap<QuantizedTowardZero> && Policy<QuantizedTowardZero>);

TEMPLATE_TEST_CASE("The weight is the last level on the way from zero, by comparison with all of them", "",
                   float, double) {
  Rng rng{1};
  for (const double step : {0.25, 0.3, 0.1, 1e-7}) {
    const QuantizedTowardZero grid{.step = step, .lo = -5 * step, .hi = 7 * step};
    for (int trial = 0; trial < 2000; ++trial) {
      auto x = static_cast<TestType>(4 * step * rng.normal());
      if (trial % 4 == 0) x = static_cast<TestType>(std::round(x / step) * step);  // on a level
      if (trial % 8 == 0) x = std::nextafter(x, TestType(0));                      // and just inside
      TestType expected = 0;
      for (int k = -5; k <= 7; ++k) {
        const auto level = static_cast<TestType>(k * step);
        if (level * x > 0 && std::abs(level) <= std::abs(x) && std::abs(level) > std::abs(expected))
          expected = level;
      }
      const TestType w = grid.weight(x);
      CAPTURE(step, x);
      REQUIRE(w == expected);
      REQUIRE(grid.weight(w) == w);
    }
    CHECK(grid.weight(std::numeric_limits<TestType>::max()) == static_cast<TestType>(7 * step));
    CHECK(grid.weight(std::numeric_limits<TestType>::lowest()) == static_cast<TestType>(-5 * step));
  }
  CHECK(std::isnan(QuantizedTowardZero{}.weight(std::numeric_limits<TestType>::quiet_NaN())));
}

namespace {

/// Trains with large random gradients: do the sums of the levels of each sign stay below the bound, in units
/// of the step?
template <class Set>
void check_sums(const Set& set, double step, Index k, double bound) {
  auto net = sequential<float>(Dense(40, 6, QuantizedTowardZero{step, -100 * step, 100 * step}, set), Tanh{},
                               Dense(6, 1));
  initialize(net, {.seed = 3});
  Optimizer optimizer{Adam{.learning_rate = 10 * step}};
  double largest = 0;
  for (int round = 0; round < 30; ++round) {
    random_steps(net, optimizer, 3, static_cast<std::uint64_t>(round));
    REQUIRE(feasible(net));
    REQUIRE(audit(net).violation() == 0);
    const Matrix<float> w = effective_weight(net, "0.weight");
    for (Index j = 0; j < w.rows(); ++j)
      for (const double sign : {1.0, -1.0}) {
        std::vector<long> levels;
        for (Index i = 0; i < w.cols(); ++i)
          levels.push_back(std::max(0L, std::lround(sign * static_cast<double>(w(j, i)) / step)));
        std::sort(levels.rbegin(), levels.rend());
        long sum = 0;
        for (Index i = 0; i < k; ++i) sum += levels[static_cast<std::size_t>(i)];
        REQUIRE(static_cast<double>(sum) <= bound);
        largest = std::max(largest, static_cast<double>(sum));
      }
  }
  CHECK(largest > 0.8 * bound);  // it does bind
}

}  // namespace

TEST_CASE("A set on the stored numbers holds of the levels, also where the step is no power of two") {
  for (const double step : {1.0 / 64, 0.01, 0.3}) {
    check_sums(SignedSumBound{120 * step}, step, 40, 120);
    check_sums(TopKSum{5, 60 * step}, step, 5, 60);
  }
}

TEST_CASE("The gradient of a level is that of the stored number, but for what leads further out") {
  const QuantizedTowardZero grid{.step = 0.25, .lo = -1, .hi = 0.5};
  CHECK((grid.pull_back(0.1, 3.0) == 3 && grid.pull_back(0.6, -3.0) == 0 && grid.pull_back(0.6, 3.0) == 3));
  CHECK((grid.pull_back(-1.1, 3.0) == 0 && grid.pull_back(-1.1, -3.0) == -3));
}

TEST_CASE("Levels without zero are refused") {
  CHECK(message_of([] { QuantizedTowardZero{.step = 0.5, .lo = 0.5, .hi = 2}.validate(); }) ==
        "QuantizedTowardZero: expected lo <= 0 <= hi, found lo = 0.5, hi = 2");
  CHECK_THROWS_AS((QuantizedTowardZero{.step = 0}.validate()), ValueError);
}
