// SPDX-License-Identifier: MIT
#include "espalier/constraint/signed_sum_bound.hpp"

#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/testing/projection_check.hpp"
#include "nets.hpp"
#include "property/optimality.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(VectorSet<SignedSumBound> && Policy<SignedSumBound>);

namespace {

/// By how much the conditions of optimality fail for rows under a pack, and whether its rows hold.
template <class... Ps>
double failure(double lo, double hi, double l1, const Ps&... policies) {
  const Pack<Ps...> pack(policies...);
  Rng rng{3};
  double worst = 0;
  for (int trial = 0; trial < 150; ++trial) {
    test::ConvexProblem at;
    at.lo = lo, at.hi = hi, at.l1 = l1;
    const Index n = 1 + rng.below(40);
    at.y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1.5, rng);
    at.t =
        trial % 5 == 0 ? Numbers<double>(static_cast<std::size_t>(n), 1) : test::random_steps<double>(n, rng);
    at.x = constrained(pack, at.y, at.t);
    REQUIRE(test::contains(pack, at.x));
    REQUIRE(test::same_bits(test::projected(pack, at.x, at.t), at.x));
    const Numbers<float> y(at.y.begin(), at.y.end()), t(at.t.begin(), at.t.end());
    const Numbers<float> narrow = constrained(pack, y, t);
    for (std::size_t i = 0; i < y.size(); ++i)
      REQUIRE(std::abs(static_cast<double>(narrow[i]) - at.x[i]) < 1e-5 * (1 + std::abs(at.x[i])));
    worst = std::max(worst, static_cast<double>(at.sums_of_signs(0.9L, 1e-13L) / at.scale()));
  }
  return worst;
}

}  // namespace

TEST_CASE("Each sign is soft-thresholded by itself, in the metric by the step size") {
  CHECK(constrained(Pack(SignedSumBound{1}), Numbers<double>{2, -0.5, 1.5, -0.25}) ==
        Numbers<double>{0.75, -0.5, 0.25, -0.25});
  // 3 - mu and 1 - mu / 2: mu = 2.
  CHECK(constrained(Pack(SignedSumBound{1}), Numbers<double>{3, 1, -4, -1}, {1, 0.5, 1, 1}) ==
        Numbers<double>{1, 0, -1, 0});
}

TEST_CASE("It is the optimum, alone and with policies of single weights, by its conditions") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const SignedSumBound bound{0.9};
  CHECK(failure(-infinity, infinity, 0, bound) < 1e-13);
  CHECK(failure(-0.7, 0.9, 0.2, bound, test::clip, L1{0.2}) < 1e-13);
  CHECK(failure(0, infinity, 0, NonNegative{}, bound) < 1e-13);
}

TEMPLATE_TEST_CASE("Rows hold exactly, stay and are the nearest, at every scale and length", "", float,
                   double) {
  for (const double s : {1e-30, 1.0, 1e30})
    for (const Index length : {1, 2, 7, 200}) {
      const ProjectionTrials trials{.trials = 30, .length = length, .scale = s, .uneven_steps = s != 1};
      CHECK(projection_check<TestType>(SignedSumBound{0.7 * s}, Rng{1}, trials).ok());
    }
  const Numbers<TestType> far{TestType(1e18), TestType(-1e18), TestType(1e18), TestType(-0.5)};
  const auto x = constrained(Pack(SignedSumBound{1}), far);
  CHECK(test::contains(Pack(SignedSumBound{1}), x));
}

TEST_CASE("Inside of a ball, and beside signs by place, it is the nearest row of both") {
  const ProjectionTrials trials{.length = 6, .uneven_steps = true};
  CHECK(projection_check<float>(Pack(SignedSumBound{1}, MaxNorm{0.8}), Rng{1}, trials).ok());
  CHECK(projection_check<double>(Pack(SignedSumBound{1}, SignPattern{1, 0, -1, 1, 0, -1}), Rng{1}, trials)
            .ok());
}

TEST_CASE("In any order of the products no partial sum leaves the bound, and steps of zero share alike") {
  auto net = sequential<float>(Dense(40, 5, SignedSumBound{1}));
  initialize(net, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  random_steps(net, optimizer, 30, 2);
  CHECK(feasible(net));
  const Matrix<double> w = parameter(net, "0.weight").cast<double>();
  for (Index j = 0; j < 5; ++j) {
    CHECK((w.row(j).array().max(0).sum() <= 1 && w.row(j).array().max(0).sum() > 1 - 1e-6));
    CHECK((w.row(j).array().min(0).sum() >= -1 && w.row(j).array().min(0).sum() < -1 + 1e-6));
  }
  CHECK(constrained(Pack(SignedSumBound{1}), Numbers<double>{3, 3, -4}, {0, 0, 0}) ==
        Numbers<double>{0.5, 0.5, -1});
}

TEST_CASE("Bounds that nothing meets are refused, and NaN is not repaired") {
  CHECK_THROWS_AS(SignedSumBound{0}.validate(), ValueError);
  CHECK_THROWS_AS(Pack(SignedSumBound{1}, Clip{0.5, 1}).validate("0.weight", 3), ValueError);
  CHECK_NOTHROW(Pack(SignedSumBound{1}, Clip{0.5, 1}).validate("0.weight", 2));
  CHECK(std::isnan(constrained(Pack(SignedSumBound{1}), Numbers<float>{5, std::nanf(""), 7})[1]));
}
