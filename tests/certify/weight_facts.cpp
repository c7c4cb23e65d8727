// SPDX-License-Identifier: MIT
#include "espalier/certify/weight_facts.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/quantized.hpp"
#include "espalier/constraint/softplus_weight.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;

namespace {

template <class M>
WeightFacts first_facts(const M& net) {
  return weight_facts(net.parameters()).front();
}

template <Scalar S>
LevelGrid grid_of(std::vector<double> numbers) {
  for (double& x : numbers) x = static_cast<double>(static_cast<S>(x));
  return detail::grid_of(numbers, sizeof(S) == 4);
}

}  // namespace

TEST_CASE("Signs, zeros, columns that nobody reads, and the largest number are those of the weight") {
  Sequential net{Dense(3, 2)};
  assign(net, "0.weight", Matrix<float>{{1, 0, 0.5F}, {0, 0, 2}});
  const WeightFacts facts = first_facts(net);
  CHECK(facts.parameter == "0.weight");
  CHECK((facts.rows == 2 && facts.cols == 3 && facts.zeros == 3 && facts.unread == 1));
  CHECK((facts.not_negative && !facts.not_positive && facts.largest == 2));
  assign(net, "0.weight", Matrix<float>{{-1, 0, 0}, {-0.0F, 0, -3}});
  CHECK((!first_facts(net).not_negative && first_facts(net).not_positive && first_facts(net).zeros == 4));
  assign(net, "0.weight", Matrix<float>(Matrix<float>::Zero(2, 3)));
  const WeightFacts none = first_facts(net);
  CHECK((none.not_negative && none.not_positive && none.zeros == 6 && none.unread == 3));
  CHECK(none.grid == LevelGrid{1, 0, 0, 0});
}

TEST_CASE("Numbers on a grid are found with its step, its bounds and their count, others have no step") {
  for (const double step : {0.25, 0.1, 1.0 / 3, 1e-20, 7e15}) {
    CAPTURE(step);
    std::vector<double> numbers;
    for (const int k : {-6, 0, 9, 9, 15, -4, 0}) numbers.push_back(k * step);
    const LevelGrid single = grid_of<float>(numbers), twice = grid_of<double>(numbers);
    CHECK((single.levels == 5 && twice.levels == 5));
    CHECK(single.step == Approx(step).epsilon(1e-6));
    CHECK(twice.step == Approx(step).epsilon(1e-14));
    CHECK(twice.lo == -6 * step);
    CHECK(twice.hi == 15 * step);
  }
  CHECK(grid_of<double>({-0.5, 0.25, 1}).step == 0.25);
  CHECK(grid_of<double>({-3, 3, 6}).step == 3);
  CHECK(grid_of<double>({1, std::sqrt(2.0), 3.7}).step == 0);
  CHECK(grid_of<double>({1, 1 + 1e-9}).step == 0);
  std::vector<double> many(5000);
  for (std::size_t k = 0; k < many.size(); ++k) many[k] = static_cast<double>(k);
  CHECK(grid_of<double>(many).levels == 0);  // more than are counted
}

TEST_CASE("Reparametrized weights count as what the layer makes of them") {
  Sequential quantized{Dense(2, 2, Quantized{.step = 0.125, .lo = -1, .hi = 1})};
  assign(quantized, "0.weight", Matrix<float>{{0.3F, -0.9F}, {0.01F, 5}});
  const WeightFacts facts = first_facts(quantized);
  CHECK((facts.zeros == 1 && facts.grid == LevelGrid{4, -0.875, 1, 0.125}));
  Sequential soft{Dense(2, 2, SoftplusWeight{})};
  initialize(soft, {.seed = 1});
  CHECK(first_facts(soft).not_negative);
  Sequential normed{Dense(2, 1, WeightNorm{})};
  assign(normed, "0.weight", Matrix<float>{{3, 4}});
  assign(normed, "0.gain", Matrix<float>{{-10}});
  CHECK(first_facts(normed).largest == Approx(8));
  CHECK(first_facts(normed).not_positive);
  CHECK(weight_facts(normed.parameters()).size() == 1);
}

TEST_CASE("The box of decoupled decay is 1 / strength, and a weight is in it or not") {
  Sequential net{Dense(2, 1, WeightDecay{0.5}), Dense(1, 1, WeightDecay{0.5, true})};
  assign(net, "0.weight", Matrix<float>{{2, -1}});
  CHECK((first_facts(net).decay_box == 2 && first_facts(net).in_decay_box));
  assign(net, "0.weight", Matrix<float>{{2, std::nextafter(-2.0F, -3.0F)}});
  CHECK((first_facts(net).decay_box == 2 && !first_facts(net).in_decay_box));
  CHECK(weight_facts(net.parameters())[1].decay_box == 0);  // whose limit depends on the learning rate
}

TEST_CASE("AdamW comes to rest at the edge of the box, from inside, while gradients do not change") {
  auto net = sequential<double>(Dense(2, 1, WeightDecay{0.5}, NoBias{}));
  assign(net, "0.weight", Matrix<double>{{0, 1}});
  Optimizer optimizer{Adam{.learning_rate = 1e-2}};
  for (int step = 0; step < 4000; ++step) {
    net.gradients()[0] = 3, net.gradients()[1] = -1e-3;
    optimizer.step(net);
  }
  const WeightFacts facts = first_facts(net);
  CHECK(facts.in_decay_box);
  CHECK(facts.largest == Approx(2).epsilon(1e-4));
}

TEST_CASE("As its rate falls AdamW comes to rest at the optimum of the box, at edges and inside") {
  // The sum of curvature (w - goal)^2 / 2: its optimum in the box is the goal, clipped.
  const Eigen::Array3d curvature{1, 4, 2}, goal{5, -3, 1};
  auto net = sequential<double>(Dense(3, 1, WeightDecay{0.5}, NoBias{}));
  Optimizer optimizer{Adam{.learning_rate = 1e-2}};
  for (const double factor : {1.0, 0.1, 0.01, 0.001}) {
    optimizer.scale_rate(factor);
    for (int step = 0; step < (factor == 1 ? 20000 : 5000); ++step) {
      for (Index i = 0; i < 3; ++i)
        net.gradients()[static_cast<std::size_t>(i)] =
            curvature(i) * (net.values()[static_cast<std::size_t>(i)] - goal(i));
      optimizer.step(net);
    }
  }
  CHECK(first_facts(net).in_decay_box);
  CHECK(net.values()[0] == Approx(2).margin(2e-3));
  CHECK(net.values()[1] == Approx(-2).margin(2e-3));
  CHECK(net.values()[2] == Approx(1).margin(2e-3));
}
