// SPDX-License-Identifier: MIT
#include "espalier/constraint/top_k.hpp"

#include "espalier/constraint/frozen.hpp"
#include "espalier/core/flush.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/testing/projection_check.hpp"
#include "nets.hpp"
#include "rows.hpp"
#include "selections.hpp"
#include "support.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(VectorSet<TopK> && Policy<TopK>);

TEST_CASE("Those stay that save the most in the metric of the step, of equal ones the first") {
  CHECK(constrained(Pack(TopK{2}), Numbers<float>{1, -3, 2, 3}) == Numbers<float>{0, -3, 0, 3});
  CHECK(constrained(Pack(TopK{1}), Numbers<float>{2, -2, 2}) == Numbers<float>{2, 0, 0});
  // y^2 / t: 4, 1, 9.
  CHECK(constrained(Pack(TopK{1}), Numbers<double>{2, -2, 3}, {1, 4, 1}) == Numbers<double>{0, 0, 3});
  CHECK(constrained(Pack(TopK{2}), Numbers<double>{2, -2, 3}, {0.1, 4, 8}) == Numbers<double>{2, 0, 3});
  CHECK(constrained(Pack(TopK{1, Metric::euclidean}), Numbers<double>{2, -2.5, 1}, {0.1, 4, 9}) ==
        Numbers<double>{0, -2.5, 0});
}

TEST_CASE("With a bound, the weight is kept whose clipped value saves more, not the larger one") {
  // 0.1 (2 * 5 - 0.1) = 0.99 is less than 1.
  CHECK(constrained(Pack(TopK{1}, Clip{-1, 0.1}), Numbers<double>{5, -1}) == Numbers<double>{0, -1});
  CHECK(constrained(Pack(TopK{1}, NonNegative{}), Numbers<double>{-5, 1, 2}) == Numbers<double>{0, 0, 2});
}

TEST_CASE("It is the best of all selections, in any metric and with policies of single weights") {
  int moved = 0;
  for (const Index k : {1, 2, 3}) {
    const auto allowed = [k](const Numbers<double>& x) {
      return std::count(x.begin(), x.end(), 0.0) >= 4 - k;
    };
    CHECK(test::worse_than_a_selection(allowed, moved, TopK{k}) < 1e-15);
    CHECK(test::worse_than_a_selection(allowed, moved, TopK{k}, test::clip) < 1e-15);
    CHECK(test::worse_than_a_selection(allowed, moved, L1{0.2}, TopK{k}, test::clip) < 1e-15);
    CHECK(test::worse_than_a_selection(allowed, moved, NonNegative{}, TopK{k}, L1{0.2}) < 1e-15);
  }
  CHECK(moved > 1000);
}

TEMPLATE_TEST_CASE("Rows hold and stay bit for bit, at every scale and length", "", float, double) {
  for (const double s : {1e-30, 1.0, 1e30})
    for (const Index length : {1, 2, 5, 100}) {
      const ProjectionTrials trials{.trials = 40, .length = length, .scale = s, .uneven_steps = s != 1};
      CHECK(projection_check<TestType>(TopK{3}, Rng{1}, trials).holds());
      CHECK(projection_check<TestType>(Pack(TopK{2}, Clip{-0.7 * s, 0.9 * s}), Rng{2}, trials).holds());
    }
  const Numbers<TestType> inside{0, TestType(-0.0), TestType(1e-42), 3, 0};
  CHECK(test::same_bits(constrained(Pack(TopK{2}), inside), inside));
}

TEST_CASE("Denormal weights count, also in a step, in which processors take them for zero") {
  Numbers<float> x{1, 1e-42F, 1e-43F, 2};
  {
    const detail::FlushDenormals flush;
    x = constrained(Pack(TopK{2}), x);
  }
  CHECK(x == Numbers<float>{1, 0, 0, 2});
}

TEST_CASE("Frozen weights and those that may not be zero are among the k; impossible packs are refused") {
  auto net = sequential<float>(Dense(4, 1, NoBias{}, Frozen{0, 1, 0, 0}, TopK{2}));
  assign(net, "0.weight", Matrix<float>{{3, 0.5F, -7, 1}});
  CHECK(parameter(net, "0.weight") == Matrix<float>{{0, 0.5F, -7, 0}});
  CHECK(message_of([] {
          Pack(TopK{2}, Clip{0.1, 1}).validate("0.weight", 3);
        }) ==
        "0.weight: expected constraint sets that have a point in common, found an empty intersection of "
        "TopK, Clip");
  CHECK_NOTHROW(Pack(TopK{3}, Clip{0.1, 1}).validate("0.weight", 3));
  CHECK(message_of([] { TopK{0}.validate(); }) == "TopK: expected k >= 1, found 0");
}

TEST_CASE("The order in which policies are written changes no bit") {
  Rng rng{7};
  const Numbers<float> y = test::random_row<float>(50, 1, rng), t = test::random_steps<float>(50, rng);
  CHECK(test::same_bits(constrained(Pack(TopK{9}, L1{0.2}, test::clip), y, t),
                        constrained(Pack(test::clip, L1{0.2}, TopK{9}), y, t)));
}

TEST_CASE("NaN stays") {
  const auto x = constrained(Pack(TopK{1}), Numbers<float>{5, std::nanf(""), 7});
  CHECK((std::isnan(x[1]) && x[0] == 0 && x[2] == 0));
  CHECK_FALSE(test::contains(Pack(TopK{2}), x));
}

TEST_CASE("A net keeps k weights of each neuron, each input or all of them") {
  auto net = sequential<float>(Dense(6, 5, TopK{2}), Dense(5, 4, PerInput{TopK{1}}));
  initialize(net, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  random_steps(net, optimizer, 20, 2);
  CHECK(feasible(net));
  const auto nonzero = [](const auto& w) { return (w.array() != 0).count(); };
  CHECK((nonzero(parameter(net, "0.weight")) == 10 && nonzero(parameter(net, "1.weight")) == 5));
}

TEST_CASE("Gradient steps rest at least squares on the weights that stay") {
  const Numbers<double> goal{1, 0.01, -0.5}, t{0.1, 0.2, 0.4};
  Numbers<double> w{0.2, 0.1, -0.1};
  for (int k = 0; k < 500; ++k) {
    for (std::size_t i = 0; i < 3; ++i) w[i] -= t[i] * (w[i] - goal[i]);
    w = constrained(Pack(TopK{2}), w, t);
  }
  CHECK((w[0] == Approx(1) && w[1] == 0 && w[2] == Approx(-0.5)));
}
