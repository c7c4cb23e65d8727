// SPDX-License-Identifier: MIT
// Weights are in their sets after initialization and after every step; sets that hold nothing back change
// nothing.
#include "../nets.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unconstrained.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

/// A set of whole rows: all weights of a neuron are equal.
struct Constant {
  bool contains(const auto& row) const { return (row == row[0]).all(); }
  void project(auto&& row) const { row = row.mean(); }
};

/// A layer for every set and every kind of pack. Nobody passes a batch through it.
template <Scalar S>
auto every_set() {
  return sequential<S>(
      Dense(7, 6, Clip{-0.1, 0.3}, Bias{NonNegative{}}), Dense(6, 6, NonNegative{}),
      Dense(6, 6, MaxNorm{0.7}, Bias{MaxNorm{0.2}}), Dense(6, 6, UnitNorm{}), Dense(6, 6, Constant{}),
      Dense(6, 6, NonNegative{}, MaxNorm{0.7}), Dense(6, 6, Clip{-0.2, 0.3}, MaxNorm{0.4}),
      Dense(6, 6, NonNegative{}, UnitNorm{}), Dense(6, 6, L1{0.01}, NonNegative{}),
      Dense(6, 6, L1{0.01}, Clip{-0.1, 0.1}), Dense(6, 6, L1{0.01}, MaxNorm{0.7, Metric::euclidean}),
      Dense(6, 6, L1{0.01}, UnitNorm{}),
      Dense(6, 6, L1{0.01}, L2{0.1}, WeightDecay{0.1}, NonNegative{}, MaxNorm{0.7}),
      Dense(6, 6, L1{0.01}, Clip{-0.2, 0.3}, MaxNorm{0.4}), Dense(6, 1100, UnitNorm{Metric::euclidean}),
      Dense(1100, 3, MaxNorm{1}), Dense(3, 6, WeightNorm{}, Gain{Clip{0.5, 0.6}}),
      Dense(6, 1, MaxNorm{1e-20}), Dense(1, 2, UnitNorm{}));
}

/// A layer for each kind of projection, for rules that share all else with the two that see every set.
auto few_sets() {
  return Sequential(Dense(7, 6, Clip{-0.1, 0.3}), Dense(6, 6, UnitNorm{}),
                    Dense(6, 6, Clip{-0.2, 0.3}, MaxNorm{0.4}),
                    Dense(6, 6, L1{0.01}, NonNegative{}, MaxNorm{0.7}), Dense(6, 2, Constant{}));
}

template <class M, class O>
void stays_feasible(M net, O optimizer) {
  using S = typename M::scalar_type;
  initialize(net, Rng{11});
  optimizer.prepare(net);
  REQUIRE(feasible(net));
  Rng rng(12);
  for (int step = 1; step <= 1000; ++step) {
    random_gradients(net, rng);
    optimizer.step(net);
    if (!feasible(net)) FAIL("infeasible after step " << step);
  }
  net.for_each_parameter([](const auto& p) {
    CAPTURE(p.path);
    CHECK(ConstRow<S>(p.values, p.size()).allFinite());
    if (p.kind == ParameterKind::weight) CHECK_FALSE(p.pack.empty());
    for (const Activity& a : p.activity) CHECK(a.acted > 0);  // what never acts proves nothing
  });
}

/// The weights of layer 1 after 300 steps.
template <class O, class... Policies>
std::vector<float> trajectory(O optimizer, const Policies&... policies) {
  auto net = Sequential(Dense(7, 6, policies...));
  initialize(net, Rng{1});
  random_steps(net, optimizer, 300, 2);
  return numbers_of(net);
}

template <class O>
void inactive_sets_change_nothing(const O& optimizer) {
  const std::vector<float> free = trajectory(optimizer);
  CHECK(trajectory(optimizer, Unconstrained{}) == free);
  CHECK(trajectory(optimizer, Clip{-1e6, 1e6}) == free);
  CHECK(trajectory(optimizer, MaxNorm{1e6}) == free);
  CHECK(trajectory(optimizer, Clip{-1e6, 1e6}, MaxNorm{1e6}, Bias{Clip{-1e6, 1e6}}) == free);
  CHECK(trajectory(optimizer, L1{0}, L2{0}, WeightDecay{0}) == free);
  CHECK(trajectory(optimizer, L1{0}, Clip{-1e6, 1e6}, MaxNorm{1e6}) == free);
  CHECK(trajectory(optimizer, L1{0.1}, MaxNorm{1e6, Metric::euclidean}) == trajectory(optimizer, L1{0.1}));
}

}  // namespace

TEMPLATE_TEST_CASE("Weights are feasible after each of a thousand steps of SGD with momentum", "", float,
                   double) {
  stays_feasible(every_set<TestType>(), Optimizer{SGD{.learning_rate = 0.01, .momentum = 0.9}});
}

TEMPLATE_TEST_CASE("Weights are feasible after each of a thousand steps of Adam", "", float, double) {
  stays_feasible(every_set<TestType>(), Optimizer{Adam{.learning_rate = 0.01}});
}

TEST_CASE("Weights are feasible after each of a thousand steps of the other rules") {
  stays_feasible(few_sets(),
                 Optimizer{RMSProp{.momentum = 0.9, .centered = true, .at_bound = AtBound::zero}});
  stays_feasible(few_sets(), Optimizer{Adagrad{.learning_rate = 0.1}});
  stays_feasible(few_sets(), Optimizer{Lion{.learning_rate = 0.01, .at_bound = AtBound::zero}});
}

TEST_CASE("Weights under policies of an optimizer are feasible after each of a thousand steps") {
  stays_feasible(Sequential(Dense(7, 6), Dense(6, 6, Clip{-0.1, 0.3})),
                 Optimizer{Adam{.learning_rate = 0.01}, L1{0.01}, NonNegative{}, MaxNorm{0.7}});
}

TEST_CASE("Constraints that hold nothing back leave the trajectory bitwise alone") {
  inactive_sets_change_nothing(
      Optimizer{SGD{.learning_rate = 0.01, .momentum = 0.9, .at_bound = AtBound::zero}});
  inactive_sets_change_nothing(Optimizer{Adam{.learning_rate = 0.01, .at_bound = AtBound::displacement}});
}
