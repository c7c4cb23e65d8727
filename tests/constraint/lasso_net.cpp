// SPDX-License-Identifier: MIT
#include "espalier/constraint/lasso_net.hpp"

#include <cmath>
#include <numeric>

#include "espalier/core/group.hpp"
#include "espalier/kernel/compare_norm.hpp"
#include "espalier/pack/any_pack.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using test::Numbers;

static_assert(VectorPenalty<LassoNet> && Policy<LassoNet>);

namespace {

template <Scalar S>
Numbers<S> prox(const LassoNet& policy, Numbers<S> y, const Numbers<S>& t) {
  policy.prox(Row<S>(y.data(), static_cast<Index>(y.size())),
              ConstRow<S>(t.data(), static_cast<Index>(t.size())));
  return y;
}

double objective(const LassoNet& policy, const Numbers<double>& x, const Numbers<double>& y,
                 const Numbers<double>& t) {
  double sum = policy.value(ConstRow<double>(x.data(), static_cast<Index>(x.size())));
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - y[i]) * (x[i] - y[i]) / (2 * t[i]);
  return sum;
}

/// The least objective, by another way: for one skip theta the best w is y, clipped, and what is left is a
/// function of theta that is convex on either side of 0; golden section on both.
double searched(const LassoNet& policy, const Numbers<double>& y, const Numbers<double>& t) {
  const std::size_t last = y.size() - 1;
  const auto at = [&](double theta) {
    const double bound = policy.hierarchy * std::abs(theta);
    double sum = policy.strength * std::abs(theta) + std::pow(theta - y[last], 2) / (2 * t[last]);
    for (std::size_t k = 0; k < last; ++k)
      sum += std::pow(std::max(std::abs(y[k]) - bound, 0.0), 2) / (2 * t[k]);
    return sum;
  };
  double best = at(0);
  for (const double sign : {1.0, -1.0}) {
    double low = 0, high = 1e4;
    for (int k = 0; k < 200; ++k) {
      const double a = low + (high - low) * 0.382, b = low + (high - low) * 0.618;
      (at(sign * a) < at(sign * b) ? high : low) = at(sign * a) < at(sign * b) ? b : a;
    }
    best = std::min(best, at(sign * low));
  }
  return best;
}

/// Is every |w_k| <= M norm(theta) in exact arithmetic? For an M that is a power of two.
template <Scalar S>
bool feasible(const LassoNet& policy, const Numbers<S>& x) {
  const Index hidden = static_cast<Index>(x.size()) - policy.skips;
  for (Index k = 0; k < hidden; ++k) {
    const double w = std::abs(static_cast<double>(x[static_cast<std::size_t>(k)])) / policy.hierarchy;
    if (w > 0 && detail::compare_norm(x.data() + hidden, policy.skips, w) < 0) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("With one linear weight, LassoNet's prox has the least objective, in any metric") {
  Rng rng{1};
  for (int trial = 0; trial < 300; ++trial) {
    const LassoNet policy{std::exp(rng.normal()), std::exp(2 * rng.normal())};
    const auto y = test::random_row<double>(1 + 1 + rng.below(5), 1, rng),
               t = test::random_steps<double>(static_cast<Index>(y.size()), rng);
    const auto x = prox(policy, y, t);
    CAPTURE(trial, policy.strength, policy.hierarchy);
    CHECK(objective(policy, x, y, t) <= searched(policy, y, t) * (1 + 1e-12));
  }
}

TEST_CASE("With several linear weights the conditions of the minimum hold") {
  Rng rng{2};
  for (int trial = 0; trial < 300; ++trial) {
    const Index hidden = 1 + rng.below(4), skips = 1 + rng.below(3);
    const LassoNet policy{0.3 * std::exp(rng.normal()), 0.5, skips};
    const auto y = test::random_row<double>(hidden + skips, 1, rng),
               t = test::random_steps<double>(hidden + skips, rng);
    const auto x = prox(policy, y, t);
    double squares = 0, pull = 0, at_zero = 0;
    const auto at = [](Index i) { return static_cast<std::size_t>(i); };
    for (Index o = hidden; o < hidden + skips; ++o) {
      squares += x[at(o)] * x[at(o)];
      at_zero += std::pow(y[at(o)] / t[at(o)], 2);
    }
    const double b = std::sqrt(squares);
    for (Index k = 0; k < hidden; ++k) {
      CHECK(x[at(k)] == Approx(std::clamp(y[at(k)], -0.5 * b, 0.5 * b)).margin(1e-14));
      pull += 0.5 * (y[at(k)] - x[at(k)]) / t[at(k)] * (x[at(k)] < 0 ? -1 : 1);
    }
    if (b == 0) {
      for (Index k = 0; k < hidden; ++k) at_zero += 0 * x[at(k)];
      double hidden_pull = 0;
      for (Index k = 0; k < hidden; ++k) hidden_pull += 0.5 * std::abs(y[at(k)]) / t[at(k)];
      CHECK(std::sqrt(at_zero) + hidden_pull <= policy.strength * (1 + 1e-12));
      continue;
    }
    // (x_o - y_o) / t_o + (strength - M times the multipliers of the bounds) x_o / b = 0
    for (Index o = hidden; o < hidden + skips; ++o)
      CHECK((x[at(o)] - y[at(o)]) / t[at(o)] + (policy.strength - pull) * x[at(o)] / b ==
            Approx(0).margin(1e-11));
  }
}

TEMPLATE_TEST_CASE("What LassoNet makes is in its set, without a tolerance, at any scale", "", float,
                   double) {
  Rng rng{3};
  for (const double scale : {1e-30, 1e-3, 1.0, 1e3, 1e15})
    for (int trial = 0; trial < 100; ++trial) {
      const Index skips = 1 + rng.below(3);
      const LassoNet policy{0.1 * scale, trial % 2 == 0 ? 0.5 : 8, skips};
      const auto y = test::random_row<TestType>(4 + skips, scale, rng);
      const auto x = prox(policy, y, test::random_steps<TestType>(4 + skips, rng));
      CHECK(feasible(policy, x));
      CHECK(std::isfinite(policy.value(ConstRow<TestType>(x.data(), 4 + skips))));
    }
}

TEST_CASE("Without strength, weights in LassoNet's set stay bit for bit; with enough all are zero") {
  const Numbers<double> inside{0.3, -0.7, 0.1, 0.5}, t{1, 0.5, 2, 0.25};
  CHECK(test::same_bits(prox(LassoNet{0, 2}, inside, t), inside));
  CHECK(test::same_bits(prox(LassoNet{1, 2}, Numbers<double>{9, 0.1}, {0, 0}), Numbers<double>{9, 0.1}));
  // norm(y_o / t_o) + M sum |y_k| / t_k = 2 + 2 (0.3 + 1.4 + 0.05) = 5.5
  CHECK(prox(LassoNet{5.5 * (1 + 1e-12), 2}, inside, t) == Numbers<double>(4, 0.0));
  CHECK(prox(LassoNet{5.5 * (1 - 1e-12), 2}, inside, t) != Numbers<double>(4, 0.0));
  const Numbers<double> gradient{-0.3, 1.4, -0.05, 2};
  CHECK(LassoNet{0, 2}.zero_strength(gradient.data(), 4) == Approx(5.5).epsilon(1e-15));
}

TEST_CASE("Of doubles whose squares are no doubles, LassoNet's prox is that of others, scaled") {
  Rng rng{4};
  for (int trial = 0; trial < 100; ++trial) {
    const LassoNet one{0.3, 2, 1 + rng.below(3)};
    const auto y = test::random_row<double>(4 + one.skips, 1, rng),
               t = test::random_steps<double>(4 + one.skips, rng);
    const auto x = prox(one, y, t);
    for (const int power : {-900, 900}) {
      Numbers<double> far = y;
      for (double& number : far) number = std::ldexp(number, power);
      LassoNet scaled = one;
      scaled.strength = std::ldexp(one.strength, power);
      Numbers<double> found = prox(scaled, far, t);
      for (double& number : found) number = std::ldexp(number, -power);
      CHECK(found == x);
    }
    // Without a strength, what it has made stays to the last bit, in any metric.
    CHECK(test::same_bits(prox(LassoNet{0, 2, one.skips}, x, t), x));
  }
}

TEST_CASE("Where a column has no linear weight, the one with the longest step becomes positive") {
  // b in theta_2: (b - 0) / 2 + 0.25 - M (3 - M b) = 0 with M = 2: 4.5 b = 5.75
  const auto x = prox(LassoNet{0.25, 2, 2}, Numbers<double>{3, 0, 0}, {1, 1, 2});
  CHECK(x[1] == 0);
  CHECK(x[2] == Approx(5.75 / 4.5).epsilon(1e-14));
  CHECK(x[0] == Approx(11.5 / 4.5).epsilon(1e-14));
  // Next to nothing is as good as nothing, with its sign.
  const auto tiny = prox(LassoNet{0.25, 2, 2}, Numbers<double>{3, 0, -1e-200}, {1, 1, 2});
  CHECK(tiny[2] == Approx(-5.75 / 4.5).epsilon(1e-9));
  // Beside a weight with a shorter step that is there, b is longer than that alone can make it.
  const Numbers<double> y{3, 0.1, 0}, t{1, 1, 2};
  const auto both = prox(LassoNet{0.25, 2, 2}, y, t);
  const double least = objective(LassoNet{0.25, 2, 2}, both, y, t);
  for (const double a : {0.05, 0.1, 0.15, 0.2, 0.25, 0.3})
    for (double c = 0; c < 2; c += 0.01) {
      const double b = 2 * std::hypot(a, c) * (1 - 1e-12);
      CHECK(objective(LassoNet{0.25, 2, 2}, {std::min(3.0, b), a, c}, y, t) >= least - 1e-12);
    }
  CHECK(both[2] > 0);
}

TEST_CASE("LassoNet's value is the penalty in its set and infinite elsewhere, and NaN stays") {
  const auto value = [](const Numbers<double>& x) {
    return LassoNet{3, 2, 2}.value(ConstRow<double>(x.data(), static_cast<Index>(x.size())));
  };
  CHECK(value({1, -9.99, 3, 4}) == 15);
  CHECK(std::isinf(value({1, -10.01, 3, 4})));
  CHECK(std::isnan(value({NAN, 0, 3, 4})));
  const auto x = prox(LassoNet{0.1, 2}, Numbers<double>{1, NAN, 1}, {1, 1, 1});
  CHECK(std::isnan(x[1]));
  CHECK(std::isnan(prox(LassoNet{0.1, 2}, Numbers<double>{1, 1, NAN}, {1, 1, 1})[2]));
}

TEST_CASE("Into LassoNet's domain goes the nearest point, and what is there stays bit for bit") {
  const LassoNet policy{.strength = 5, .hierarchy = 2};
  const AnyPack<double> pack{Pack(policy)};
  Rng rng{7};
  for (int trial = 0; trial < 200; ++trial) {
    const auto y = test::random_row<double>(1 + 1 + rng.below(5), 1, rng);
    auto x = y;  // one column
    const Block<double> w{x.data(), static_cast<Index>(x.size()), 1, {}};
    const bool inside = pack.contains(w);
    const double far = pack.violation(0, w);
    pack.project(w);
    CHECK(feasible(policy, x));
    CHECK(pack.contains(w));
    CHECK(pack.violation(0, w) == 0);
    CHECK((inside ? far == 0 && test::same_bits(x, y) : far > 0));
    const auto once = x;
    pack.project(w);
    CHECK(test::same_bits(x, once));
    const Numbers<double> ones(y.size(), 1.0);
    const double least = searched(LassoNet{0, policy.hierarchy}, y, ones);  // half the squared distance
    CHECK(far * far / 2 == Approx(least).epsilon(1e-9).margin(1e-15));
  }
}

TEST_CASE("Steps of size 0 move weights into LassoNet's domain, and no further") {
  const Pack pack(LassoNet{.strength = 1, .hierarchy = 0.5});
  const Numbers<double> zeros(3, 0.0);
  for (const Steps<double> steps : {Steps<double>{nullptr, 0}, Steps<double>{zeros.data(), 0}})
    for (const double rate : {0.0, 1.0}) {
      Numbers<double> w{3, 1, 2}, copies(6);
      Pack<LassoNet>::Counts counts{};
      pack.constrain(w.data(), 3, steps, rate, {copies.data(), nullptr}, counts);
      // (3 - b / 2) / 2 = b - 2
      CHECK(w[0] == Approx(1.4).epsilon(1e-14));
      CHECK(w[1] == 1);
      CHECK(w[2] == Approx(2.8).epsilon(1e-14));
      const auto once = w;
      pack.constrain(w.data(), 3, steps, rate, {copies.data(), nullptr}, counts);
      CHECK(test::same_bits(w, once));
    }
}

TEST_CASE("LassoNet refuses options and columns that make no sense") {
  CHECK_THROWS_AS((LassoNet{-1}.validate()), ValueError);
  CHECK_THROWS_AS((LassoNet{1, 0}.validate()), ValueError);
  CHECK_THROWS_AS((LassoNet{1, 1, 0}.validate()), ValueError);
  CHECK_THROWS_AS((LassoNet{1, 1, 3}.validate("0.weight", 3)), ShapeError);
  CHECK_NOTHROW(LassoNet{1, 1, 2}.validate("0.weight", 3));
}
