// SPDX-License-Identifier: MIT
#include "espalier/constraint/n_of_m.hpp"

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

static_assert(VectorSet<NofM> && Policy<NofM>);

TEST_CASE("Each block keeps its own, and a short last one as many") {
  CHECK(constrained(Pack(NofM{2, 4}), Numbers<float>{1, 2, 3, 4, 9, 8, -9, 7, 1, -2, 3}) ==
        Numbers<float>{0, 0, 3, 4, 9, 0, -9, 0, 0, -2, 3});
  CHECK(constrained(Pack(NofM{1, 2}), Numbers<double>{3, 2, 1, 1}, {9, 1, 1, 1}) ==
        Numbers<double>{0, 2, 1, 0});
  CHECK(constrained(Pack(NofM{2, 4}), Numbers<float>{1, 2}) == Numbers<float>{1, 2});
}

TEST_CASE("It is the best of all selections in the blocks") {
  int moved = 0;
  const auto one_of_two = [](const Numbers<double>& x) {
    return (x[0] == 0 || x[1] == 0) && (x[2] == 0 || x[3] == 0);
  };
  CHECK(test::worse_than_a_selection(one_of_two, moved, NofM{1, 2}) < 1e-15);
  CHECK(test::worse_than_a_selection(one_of_two, moved, L1{0.2}, test::clip, NofM{1, 2}) < 1e-15);
  const auto one_of_three = [](const Numbers<double>& x) {
    return std::count(x.begin(), x.begin() + 3, 0.0) >= 2;
  };
  CHECK(test::worse_than_a_selection(one_of_three, moved, NofM{1, 3}, NonNegative{}) < 1e-15);
  CHECK(moved > 500);
}

TEMPLATE_TEST_CASE("Blocks hold and stay bit for bit, at every scale and length", "", float, double) {
  for (const double s : {1e-30, 1.0, 1e30})
    for (const Index length : {1, 3, 4, 103}) {
      const ProjectionTrials trials{.trials = 40, .length = length, .scale = s, .uneven_steps = s != 1};
      CHECK(projection_check<TestType>(NofM{2, 4}, Rng{1}, trials).holds());
    }
}

TEST_CASE("A net trains with two of four, and numbers that make no sense are refused") {
  auto net = sequential<float>(Dense(10, 3, NofM{2, 4}));
  initialize(net, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  random_steps(net, optimizer, 20, 2);
  CHECK(feasible(net));
  CHECK((parameter(net, "0.weight").array() != 0).count() == 18);
  CHECK(message_of([] { NofM{3, 2}.validate(); }) == "NofM: expected 1 <= n <= m, found n = 3, m = 2");
  CHECK_THROWS_AS((NofM{0, 2}.validate()), ValueError);
  CHECK_THROWS_AS(Pack(NofM{2, 4}, Clip{-2, -1}).validate("0.weight", 9), ValueError);
}
