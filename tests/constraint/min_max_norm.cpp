// SPDX-License-Identifier: MIT
#include "espalier/constraint/min_max_norm.hpp"

#include "../brute_force.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/testing/projection_check.hpp"
#include "support.hpp"

using namespace espalier;
using Catch::Approx;
using test::constrained, test::Numbers, test::same_bits;

static_assert(NormSet<MinMaxNorm> && Policy<MinMaxNorm>);

namespace {

constexpr MinMaxNorm shell{.lo = 0.5, .hi = 1.25};

/// How far points between the spheres, with x >= 0 or not, get below the objective of x.
double beaten(const test::Objective& objective, const Numbers<double>& x, bool positive, double group,
              Rng& rng) {
  const auto cost = [&](const Numbers<double>& z) { return objective(z) + group * test::length(z); };
  const double at_x = cost(x);
  double best = at_x;
  for (double reach = 2; reach > 1e-8; reach /= 4)
    for (int k = 0; k < 60; ++k) {
      Numbers<double> z = x;
      for (double& v : z) v = (rng.below(4) == 0 ? 0 : v) + (rng.below(2) == 0 ? 0 : reach * rng.normal());
      for (double& v : z)
        if (positive) v = std::max(v, 0.0);
      const double length = test::length(z), goal = std::clamp(length, shell.lo, shell.hi);
      if (length == 0) continue;
      for (double& v : z) v *= goal / length;
      best = std::min(best, cost(z));
    }
  return at_x - best;
}

template <class... Ps>
void search(double l1, bool positive, double group, const Ps&... policies) {
  Rng rng{31};
  double worst = 0;
  for (int trial = 0; trial < 120; ++trial) {
    const Index n = 1 + trial % 3;
    const Numbers<double> y = test::random_row<double>(n, std::exp(rng.normal() - 0.5), rng),
                          t = test::random_steps<double>(n, rng);
    const Pack pack(shell, policies...);
    const Numbers<double> x = constrained(pack, y, t);
    CHECK(test::contains(pack, x));
    const test::Objective objective{y, t, l1};
    const double root = std::sqrt(static_cast<double>(n));
    worst = std::max(worst, beaten(objective, x, positive, group * root, rng) / (1 + objective(x)));
  }
  CHECK(worst < 1e-13);
}

}  // namespace

TEST_CASE("A row that is too long or too short is scaled, one between stays, and zero has a direction") {
  const auto x = constrained(Pack(shell), Numbers<double>{3, 4}),
             z = constrained(Pack(shell), Numbers<double>{0.03, 0.04});
  CHECK(x[0] == Approx(0.75).epsilon(1e-15));
  CHECK(z[1] == Approx(0.4).epsilon(1e-15));
  const Numbers<double> between{0.6, -0.5};
  CHECK(same_bits(constrained(Pack(shell), between), between));
  CHECK(constrained(Pack(shell), Numbers<float>{0, 0, 0}) == Numbers<float>{0.5, 0, 0});
  CHECK(constrained(Pack(shell), Numbers<float>{0, 0, 0}, {1, 3, 3}) == Numbers<float>{0, 0.5, 0});
}

TEMPLATE_TEST_CASE("Both bounds hold in exact arithmetic, and a short row is no longer than it must be", "",
                   float, double) {
  Rng rng{5};
  for (const double lo : {1e-30, 0.3, 1e30})
    for (int trial = 0; trial < 400; ++trial) {
      const Index n = 1 + rng.below(trial % 10 == 0 ? 800 : 9);
      const auto y = test::random_row<TestType>(n, 0.3 * lo / std::sqrt(static_cast<double>(n)), rng);
      const auto t = trial % 2 == 0 ? Numbers<TestType>{} : test::random_steps<TestType>(n, rng);
      const auto x = test::projected(Pack(MinMaxNorm{lo, lo * (1 + 1e-6)}), y, t);
      CHECK(detail::compare_norm_exactly(x.data(), n, lo) >= 0);
      if (test::length(y) < lo) CHECK(test::length(x) <= lo * (1 + 12 * detail::roundoff<TestType>));
      CHECK(same_bits(test::projected(Pack(MinMaxNorm{lo, lo * (1 + 1e-6)}), x, t), x));
    }
}

TEMPLATE_TEST_CASE("Results are feasible and stay; feasible rows are not touched", "", float, double) {
  for (const Index length : {1, 2, 5, 300})
    for (const double scale : {1e-30, 0.1, 1.0, 1e30})
      for (const bool uneven : {false, true}) {
        const ProjectionTrials trials{
            .trials = length > 5 ? 5 : 50, .length = length, .scale = scale, .uneven_steps = uneven};
        CHECK(projection_check<TestType>(shell, Rng{6}, trials).holds());
        CHECK(projection_check<TestType>(Pack(shell, NonNegative{}), Rng{6}, trials).holds());
      }
}

TEST_CASE("A long row is that of MaxNorm, to the bit, a short one that of UnitNorm, in any metric") {
  Rng rng{8};
  for (int trial = 0; trial < 100; ++trial) {
    const Numbers<double> t = test::random_steps<double>(6, rng), y = test::random_row<double>(6, 3, rng);
    if (test::length(y) > shell.hi)
      CHECK(same_bits(constrained(Pack(shell), y, t), constrained(Pack(MaxNorm{shell.hi}), y, t)));
    const Numbers<double> low = test::random_row<double>(6, 0.1, rng);
    if (test::length(low) > shell.lo) continue;
    Numbers<double> twice = low;
    for (double& v : twice) v *= 2;
    const auto x = constrained(Pack(shell), low, t), unit = constrained(Pack(UnitNorm{}), twice, t);
    for (std::size_t i = 0; i < 6; ++i) CHECK(2 * x[i] == Approx(unit[i]).epsilon(1e-14).margin(1e-15));
  }
  const Numbers<float> y{0.1F, 0.2F};
  CHECK(constrained(Pack(MinMaxNorm{0, 1}), y) == y);
}

TEST_CASE("No search finds a better point, with L1, NonNegative and GroupLasso beside it") {
  search(0, false, 0);
  search(0.4, false, 0, L1{0.4});
  search(0, true, 0, NonNegative{});
  search(0.4, true, 0, NonNegative{}, L1{0.4});
  search(0, false, 0.3, GroupLasso{0.3});
}

TEST_CASE("With MinMaxNorm, too, the order in which policies are written changes no bit") {
  Rng rng{4};
  for (const double size : {0.01, 1.0}) {
    const Numbers<float> y = test::random_row<float>(40, size, rng), t = test::random_steps<float>(40, rng);
    CHECK(same_bits(constrained(Pack(shell, NonNegative{}, L1{0.01}), y, t),
                    constrained(Pack(L1{0.01}, shell, NonNegative{}), y, t)));
  }
}

TEST_CASE("How far a row is from it, and which bounds are refused") {
  const Pack pack(shell);
  const double low[] = {0.3, 0}, high[] = {0, 2};
  CHECK(pack.violation(0, low, 2) == Approx(0.2));
  CHECK(pack.violation(0, high, 2) == Approx(0.75));
  CHECK(message_of([] {
          Pack(MinMaxNorm{1, 1}).validate("w", 3);
        }).find("UnitNorm is for one norm") != std::string::npos);
  CHECK(message_of([] {
          Pack(MinMaxNorm{-1, 1}).validate("w", 3);
        }).find("lo >= 1e-30") != std::string::npos);
}
