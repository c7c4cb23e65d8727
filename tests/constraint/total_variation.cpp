// SPDX-License-Identifier: MIT
#include "espalier/constraint/total_variation.hpp"

#include "../property/optimality.hpp"
#include "catch.hpp"
#include "rows.hpp"

using namespace espalier;
using Catch::Approx;
using test::constrained, test::Numbers;

static_assert(VectorPenalty<TotalVariation> && Policy<TotalVariation>);

namespace {

constexpr TotalVariation variation{.strength = 0.3};

/// By how much the conditions of optimality fail, relative.
struct Conditions : test::ConvexProblem {
  double strength = variation.strength, radius = infinity;

  void meet(const TotalVariation& p) { strength = p.strength; }
  void meet(const Clip& p) { lo = p.lo, hi = p.hi; }
  void meet(const NonNegative&) { lo = std::max(lo, 0.0L); }
  void meet(const L1& p) { l1 = p.strength; }
  void meet(const MaxNorm& p) { radius = p.radius; }

  double failure() {
    if (test::length(x) < radius * (1 - 1e-13))
      return static_cast<double>(total_variation(strength) / scale());
    // Each run of equal weights that nothing else holds says what the multiplier of the norm is.
    long double best = infinity, before = 0;
    for (std::size_t first = 0, end; first < size(); first = end) {
      long double pull = 0, weights = 0;
      ball = 0;
      for (end = first; end < size() && x[end] == x[first]; ++end) pull += rest(end).low, weights += x[end];
      const long double after = end == size() ? 0 : x[end] > x[first] ? strength : -strength;
      ball = (after - before + pull) / weights;
      if (std::isfinite(ball) && ball >= 0) best = std::min(best, total_variation(strength));
      before = after;
    }
    return static_cast<double>(best / scale());
  }
};

/// The worst failure over random rows; step sizes are exp(spread N).
template <class... Ps>
double worst_failure(double spread, const Ps&... policies) {
  Rng rng{23};
  double worst = 0;
  for (int trial = 0; trial < 150; ++trial) {
    const Index n = 1 + rng.below(trial % 2 == 0 ? 6 : 60);
    Conditions at;
    at.y = test::random_row<double>(n, trial % 3 == 0 ? 0.3 : 1.5, rng);
    if (trial % 7 == 0)
      for (double& v : at.y) v = std::round(v);  // ties
    for (Index i = 0; i < n; ++i) at.t.push_back(std::exp(spread * rng.normal()));
    at.x = constrained(Pack(policies...), at.y, spread == 0 ? Numbers<double>{} : at.t);
    if (!test::contains(Pack(policies...), at.x)) return INFINITY;
    (at.meet(policies), ...);
    worst = std::max(worst, at.failure());
  }
  return worst;
}

}  // namespace

TEST_CASE("Two weights move toward each other, by strength times their step sizes, until they are equal") {
  CHECK(constrained(Pack(variation), Numbers<double>{0, 1}) == Numbers<double>{0.3, 0.7});
  const auto x = constrained(Pack(variation), Numbers<double>{1, 0}, {0.5, 1});
  CHECK(x[0] == Approx(0.85));
  CHECK(x[1] == Approx(0.3));
  const auto met = constrained(Pack(TotalVariation{3}), Numbers<double>{0, 1}, {1, 0.25});
  CHECK(met[0] == Approx(0.8));  // the mean with weights 1 and 4
  CHECK(met[1] == met[0]);
  CHECK(variation.value(ConstRow<double>(Numbers<double>{1, -1, 2}.data(), 3)) == Approx(1.5));
}

TEST_CASE("The conditions of the minimum hold, in all metrics") {
  for (const double spread : {0.0, 1.0, 6.0}) {
    CAPTURE(spread);
    CHECK(worst_failure(spread, variation) < 1e-13);
    CHECK(worst_failure(spread, TotalVariation{3}) < 1e-13);
  }
}

TEST_CASE("And with L1, an interval and a ball beside it") {
  for (const double spread : {0.0, 1.0}) {
    CAPTURE(spread);
    CHECK(worst_failure(spread, variation, L1{0.2}) < 1e-14);
    CHECK(worst_failure(spread, variation, test::clip) < 1e-14);
    CHECK(worst_failure(spread, variation, NonNegative{}, L1{0.2}) < 1e-14);
    CHECK(worst_failure(spread, variation, MaxNorm{0.8}) < 1e-12);
    CHECK(worst_failure(spread, variation, test::clip, L1{0.1}, MaxNorm{0.8}) < 1e-12);
  }
}

TEST_CASE("Weights whose step size is zero stay, and are the ends of what is between them") {
  const Numbers<double> y{2, 0, 0.4, -1, 5}, t{0, 1, 1, 0, 1};
  const auto x = constrained(Pack(variation), y, t);
  CHECK(x[0] == 2);
  CHECK(x[3] == -1);
  CHECK(x[1] == Approx(0.2));  // the mean of both, which are drawn to either side
  CHECK(x[2] == x[1]);
  CHECK(x[4] == Approx(4.7));
  CHECK(constrained(Pack(variation), Numbers<float>{1, 2, 1}, {0, 0, 0}) == Numbers<float>{1, 2, 1});
}

TEST_CASE("A weight is not lost beside one that is 1e30 times heavier") {
  // The others are as beside one that is held.
  const Numbers<double> y{2, 0, 0.4, 0.1, -3}, heavy{1e-30, 1, 1, 1, 1}, held{0, 1, 1, 1, 1};
  const auto x = constrained(Pack(variation), y, heavy), expected = constrained(Pack(variation), y, held);
  for (std::size_t i = 0; i < 5; ++i) CHECK(x[i] == Approx(expected[i]).epsilon(1e-14));
}

TEST_CASE("At strength 0 nothing changes, short vectors stay, and what is not a number stays so") {
  const Numbers<float> y{1, -2, 3};
  CHECK(constrained(Pack(TotalVariation{0}), y) == y);
  CHECK(constrained(Pack(variation), Numbers<float>{5}) == Numbers<float>{5});
  CHECK(constrained(Pack(variation), Numbers<float>{}).empty());
  const Numbers<double> x = constrained(Pack(variation, L1{0.1}), Numbers<double>{1, NAN, 3, -2});
  CHECK(std::count_if(x.begin(), x.end(), [](double v) { return std::isnan(v); }) > 0);
}

TEST_CASE("Scales of 1e-30 and 1e30 are those of 1, and floats are doubles, rounded") {
  Rng rng{3};
  const Numbers<float> y = test::random_row<float>(50, 1, rng), t = test::random_steps<float>(50, rng);
  const Numbers<double> wide =
      constrained(Pack(variation), Numbers<double>(y.begin(), y.end()), Numbers<double>(t.begin(), t.end()));
  for (const float scale : {0x1p-100F, 1.0F, 0x1p100F}) {
    Numbers<float> scaled = y;
    for (float& v : scaled) v *= scale;
    const auto x = constrained(Pack(TotalVariation{0.3 * static_cast<double>(scale)}), scaled, t);
    for (std::size_t i = 0; i < 50; ++i) CHECK(x[i] / scale == Approx(wide[i]).epsilon(1e-6).margin(1e-7));
  }
}

TEST_CASE("With TotalVariation, too, the order in which policies are written changes no bit") {
  Rng rng{4};
  const Numbers<float> y = test::random_row<float>(40, 1, rng), t = test::random_steps<float>(40, rng);
  CHECK(test::same_bits(constrained(Pack(variation, test::clip, L1{0.1}, MaxNorm{0.8}), y, t),
                        constrained(Pack(MaxNorm{0.8}, L1{0.1}, variation, test::clip), y, t)));
}

TEST_CASE("Long rows take time in proportion to their length") {
  // A slow rise, on which a method that starts anew at each step of the result takes n^2.
  constexpr std::size_t n = 200'000;
  Numbers<double> y(n);
  for (std::size_t i = 0; i < n; ++i)
    y[i] = static_cast<double>(i) * 1e-4 + 1e-9 * static_cast<double>(i % 7);
  const auto x = constrained(Pack(variation), y);
  CHECK(std::is_sorted(x.begin(), x.end()));
  CHECK(x[n / 2] == Approx(y[n / 2]));
  CHECK(x[0] > 0.007);  // the ends are cut off: sum (x_0 - y_i) over i with y_i < x_0 is 0.3
  CHECK(x[0] < 0.009);
}
