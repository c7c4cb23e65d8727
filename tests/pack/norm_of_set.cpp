// SPDX-License-Identifier: MIT
#include "espalier/pack/norm_of_set.hpp"

#include "../nets.hpp"
#include "../rows.hpp"
#include "../support.hpp"
#include "espalier/constraint/min_max_norm.hpp"
#include "espalier/constraint/n_of_m.hpp"
#include "espalier/constraint/symmetric.hpp"
#include "espalier/constraint/top_k.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;
using test::constrained, test::Numbers, test::same_bits;

namespace {

constexpr Metric euclidean = Metric::euclidean;
constexpr double strength = 0.15;

/// What the policies beside a set say, and how far their best vector is beaten by random ones.
struct Problem {
  double least = 0, most = 1e300;  // of the norm
  double l1 = 0;
  bool positive = false;

  void meet(const MaxNorm& p) { most = p.radius; }
  void meet(const MinMaxNorm& p) { least = p.lo, most = p.hi; }
  void meet(const UnitNorm&) { least = most = 1; }
  void meet(const NonNegative&) { positive = true; }
  void meet(const L1& p) { l1 = p.strength; }
  void meet(const auto&) {}

  double objective(const Numbers<double>& x, const Numbers<double>& y, const Numbers<double>& t) const {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      sum += (x[i] - y[i]) * (x[i] - y[i]) / (2 * t[i]) + l1 * std::abs(x[i]);
    return sum;
  }
  /// The best of all s x, of which the objective is a parabola; none where x has a sign that it must not
  /// have.
  double best_along(const Numbers<double>& x, const Numbers<double>& y, const Numbers<double>& t) const {
    double square = 0, slope = 0, size = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (positive && x[i] < 0) return 1e300;
      square += x[i] * x[i] / t[i], slope += x[i] * y[i] / t[i] - l1 * std::abs(x[i]), size += x[i] * x[i];
    }
    if (size == 0) return least > 0 ? 1e300 : objective(x, y, t);
    const double factor = std::clamp(slope / square, least / std::sqrt(size), most / std::sqrt(size));
    Numbers<double> at = x;
    for (double& number : at) number *= factor;
    return objective(at, y, t);
  }
};

/// By how much the pack's vector is worse than random vectors, far and near, that `into_set` puts into the
/// set.
template <class F, class... Ps>
double beaten(Index n, bool in_metric, const F& into_set, const Ps&... policies) {
  const Pack<Ps...> pack(policies...);
  Problem problem;
  (problem.meet(policies), ...);
  Rng rng{3};
  double worst = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const double scale = trial % 3 == 0 ? 0.2 : 1.5;
    const Numbers<double> y = test::random_row<double>(n, scale, rng);
    const bool uneven = in_metric && trial % 4 != 0;
    const Numbers<double> t = uneven ? test::random_steps<double>(n, rng) : Numbers<double>(y.size(), 1.0);
    // With one step size for all, penalties and Euclidean sets act at once.
    const Numbers<double> x = constrained(pack, y, uneven ? t : Numbers<double>{});
    if (!test::contains(pack, x)) return 1e300;
    const double found = problem.objective(x, y, t);
    for (int k = 0; k < 1500; ++k) {
      const double reach = std::pow(10.0, -(k % 8));
      Numbers<double> other = k % 2 == 0 ? x : Numbers<double>(y.size(), 0.0);
      for (double& number : other) number += reach * rng.normal();
      if (problem.positive)
        for (double& number : other) number = std::max(number, 0.0);
      into_set(other, rng);
      worst = std::max(worst, (found - problem.best_along(other, y, t)) / (1 + found));
    }
  }
  return worst;
}

/// Any `keep` of each `block` numbers stay.
auto some(std::size_t keep, std::size_t block) {
  return [=](Numbers<double>& x, Rng& rng) {
    for (std::size_t first = 0; first < x.size(); first += block) {
      std::size_t wanted = keep, left = std::min(block, x.size() - first);
      for (std::size_t i = 0; i < std::min(block, x.size() - first); ++i, --left) {
        const bool stays = static_cast<std::size_t>(rng.below(static_cast<Index>(left))) < wanted;
        wanted -= stays;
        if (!stays) x[first + i] = 0;
      }
    }
  };
}

const Tied ties{1, 2, 1, 0, 2};
const Tied opposites{1, 2, -1, 0, 2};
auto tie(double sign) {
  return [sign](Numbers<double>& x, Rng&) { x[2] = sign * x[0], x[4] = x[1]; };
}

}  // namespace

TEST_CASE("Beside a set that selects weights, no other choice of them is better in the Euclidean norm") {
  const MaxNorm ball{0.8, euclidean};
  const MinMaxNorm shell{0.7, 1.3, euclidean};
  const UnitNorm sphere{euclidean};
  CHECK(beaten(5, false, some(2, 5), TopK{2}, ball) < 1e-14);
  CHECK(beaten(5, false, some(2, 5), TopK{2, euclidean}, MaxNorm{0.8}, NonNegative{}, L1{strength}) < 1e-14);
  CHECK(beaten(5, false, some(2, 5), TopK{2}, sphere) < 1e-14);
  CHECK(beaten(5, false, some(2, 5), TopK{2}, sphere, NonNegative{}, L1{strength}) < 1e-14);
  CHECK(beaten(6, false, some(1, 3), NofM{1, 3}, shell, NonNegative{}) < 1e-14);
}

TEST_CASE("No other vector with the same ties and that norm is better in the metric of the step") {
  CHECK(beaten(5, true, tie(1), ties, UnitNorm{}) < 1e-13);
  CHECK(beaten(5, true, tie(-1), opposites, UnitNorm{}) < 1e-13);
  CHECK(beaten(5, true, tie(1), ties, UnitNorm{}, NonNegative{}, L1{strength}) < 1e-13);
  CHECK(beaten(5, true, tie(-1), opposites, MinMaxNorm{0.7, 1.3}, L1{strength}) < 1e-13);
}

TEST_CASE("The nearest vectors, computed by hand") {
  // The largest two, scaled; of what NonNegative leaves nothing of, the one that loses least.
  const auto two = constrained(Pack(TopK{2}, MaxNorm{1, euclidean}), Numbers<double>{1, 3, 2, -4});
  CHECK((two[0] == 0 && std::abs(two[1] - 0.6) < 1e-15 && two[2] == 0 && std::abs(two[3] + 0.8) < 1e-15));
  CHECK(constrained(Pack(TopK{2}, UnitNorm{euclidean}, NonNegative{}), Numbers<double>{-2, -1, -3}) ==
        Numbers<double>{0, 1, 0});
  // 2 z^2 = 1 for the pair.
  const auto x = constrained(Pack(Palindromic{}, UnitNorm{}), Numbers<float>{2, 0, 3});
  CHECK((x[0] == x[2] && std::abs(x[0] - std::sqrt(0.5F)) < 1e-7F && x[1] == 0));
  // A pair with steps 1 and 3 has a mean of (1 + 5 / 3) / (4 / 3) = 2, which is in the shell.
  const auto shell = constrained(Pack(Palindromic{}, MinMaxNorm{1, 9}), Numbers<double>{1, 5}, {1, 3});
  CHECK((std::abs(shell[0] - 2) < 1e-15 && shell[0] == shell[1]));
}

TEMPLATE_TEST_CASE("Results have the norm, and all else, exactly and stay", "", float, double) {
  for (const Index n : {1, 4, 9, 36})
    for (const double scale : {1e-3, 1.0, 1e30}) {
      CAPTURE(n, scale);
      const ProjectionTrials trials{.trials = 25, .length = n, .scale = scale};
      CHECK(projection_check<TestType>(Pack(Palindromic{}, UnitNorm{}), Rng{1}, trials).holds());
      CHECK(projection_check<TestType>(Pack(TopK{3}, UnitNorm{euclidean}), Rng{1}, trials).holds());
    }
}

TEST_CASE("What is not finite is not repaired") {
  const double nan = std::nan("");
  CHECK(std::isnan(constrained(Pack(Palindromic{}, UnitNorm{}), Numbers<double>{0.5, nan, 3})[1]));
  CHECK(std::isnan(constrained(Pack(TopK{2}, UnitNorm{euclidean}), Numbers<double>{0.5, nan, 3})[1]));
}

TEST_CASE(
    "A selection beside a norm in the metric of the step is refused, as are ties that leave no direction") {
  CHECK(
      message_of([] { Dense(4, 3, TopK{2}, MaxNorm{1}); }) ==
      "Dense(4, 3) weight: expected Metric::euclidean of a set that selects weights, as TopK, or of the norm "
      "beside it, since in the metric of the step which weights are best depends on the multiplier of the "
      "norm (or L1Ball instead of TopK), found Metric::step of both");
  CHECK_NOTHROW(Dense(4, 3, TopK{2}, MaxNorm{1, euclidean}));
  CHECK_THROWS_AS(Dense(2, 3, Tied{1, -1}, NonNegative{}, UnitNorm{}), ValueError);
  CHECK_NOTHROW(Dense(3, 3, Tied{1, -1, 2}, NonNegative{}, UnitNorm{}));
}

TEST_CASE("They hold through training") {
  auto net = sequential<float>(Dense(6, 6, Symmetric{}, Whole{UnitNorm{}}), Tanh{},
                               Dense(6, 5, NofM{1, 3}, MaxNorm{0.5, euclidean}));
  initialize(net, {.seed = 1});
  REQUIRE(feasible(net));
  Optimizer adam{Adam{.learning_rate = 0.05}};
  for (std::uint64_t k = 0; k < 10; ++k) {
    random_steps(net, adam, 1, k);
    REQUIRE(feasible(net));
  }
}
