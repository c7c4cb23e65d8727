// SPDX-License-Identifier: MIT
// A policy in Every: it lets steps pass, acts in its own as it always does, and leaves epochs and averages
// inside its set.
#include <cmath>

#include "espalier/certify/audit.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/average.hpp"
#include "espalier/train/early_stopping.hpp"
#include "espalier/train/fit.hpp"
#include "nets.hpp"

using namespace espalier;

namespace {

/// Averages, and counts the steps that end outside of the sets.
struct Watch {
  ExponentialAverage average{.decay = 0.5};
  int outside = 0, epochs = 0;
  void batch(const auto& model, const BatchReport&) { average.add(model), outside += !feasible(model); }
  bool epoch(const auto& model, const EpochReport&) {
    CHECK(feasible(model));
    return ++epochs < 3;
  }
};

}  // namespace

TEST_CASE("In its steps it does what it does without Every, in the others nothing") {
  Sequential net{Dense(9, 7, NoBias{}, Every{3, PerInput{MaxNorm{1}}}, NonNegative{}, L2{0.1})};
  Sequential strict{Dense(9, 7, NoBias{}, PerInput{MaxNorm{1}}, NonNegative{}, L2{0.1})};
  Sequential loose{Dense(9, 7, NoBias{}, NonNegative{}, L2{0.1})};
  initialize(net, {.seed = 1});
  Optimizer optimizer{SGD{.learning_rate = 0.2}}, of_strict = optimizer, of_loose = optimizer;
  Rng rng{2};
  int outside = 0;
  for (int k = 1; k <= 12; ++k) {
    random_gradients(net, rng);
    const auto same_step = [&](auto& other, auto& rule) {
      std::copy(net.values().begin(), net.values().end(), detail::arena(other.parameters()).begin());
      std::copy(net.gradients().begin(), net.gradients().end(), other.gradients().begin());
      rule.step(other);
      return numbers_of(other);
    };
    const auto expected = k % 3 == 0 ? same_step(strict, of_strict) : same_step(loose, of_loose);
    optimizer.step(net);
    CHECK(numbers_of(net) == expected);
    outside += !feasible(net);
  }
  CHECK(outside > 0);
  const auto policies = audit(net).parameters[0].policies;
  CHECK((policies[0].steps == 12 && policies[0].acted == 4 && policies[0].last_acted == 12));
  CHECK((policies[1].acted == 12 && policies[2].acted == 12));
  CHECK((policies[0].policy == "MaxNorm per input every n steps" && policies[1].policy == "NonNegative"));
}

TEST_CASE("A penalty in Every rests where it rests without it, with its exact zeros") {
  const auto rest = [](auto rule, const auto& policy) {
    auto net = sequential<double>(Dense(4, 1, NoBias{}, policy));
    initialize(net, {.seed = 1});
    const Eigen::RowVector4d goal(2, -1, 0.25, -0.1);
    Optimizer optimizer{rule};
    for (int k = 0; k < 4000; ++k) {
      if (k % 400 == 0) optimizer.scale_rate(std::pow(0.5, k / 400));
      Eigen::Map<Eigen::RowVector4d>(net.gradients().data()) =
          Eigen::Map<const Eigen::RowVector4d>(net.values().data()) - goal;
      optimizer.step(net);
    }
    return Matrix<double>(parameter(net, "0.weight"));
  };
  const Matrix<double> optimum = Eigen::RowVector4d(1.7, -0.7, 0, 0);
  const auto check = [&](const auto& rule) {
    const Matrix<double> x = rest(rule, Every{4, L1{0.3}});
    CHECK((x - optimum).norm() < 2e-3);
    CHECK((x(2) == 0 && x(3) == 0));
  };
  check(SGD{.learning_rate = 0.05});
  check(SGD{.learning_rate = 0.02, .momentum = 0.9});
  check(Adam{.learning_rate = 0.02});
}

TEST_CASE("A penalty of vectors in Every rests where it should, alone and beside what acts in every step") {
  // min |w - c|^2 / 2 + strength sqrt(2) |w|, and decay d |w|^2 / 2 beside it: w = c (1 - strength sqrt(2) /
  // |c|) / (1 + d).
  const double c[2] = {2, 0.3}, length = std::hypot(c[0], c[1]), strength = 0.5;
  const auto check = [&](const auto&... beside) {
    auto net =
        sequential<double>(Dense(2, 1, NoBias{}, Every{4, GroupLasso{.strength = strength}}, beside...));
    Optimizer optimizer{Adam{.learning_rate = 0.1}};
    for (int k = 0; k < 8000; ++k) {
      for (std::size_t i = 0; i < 2; ++i) net.gradients()[i] = net.values()[i] - c[i];
      optimizer.scale_rate(std::pow(0.5, k / 400));
      optimizer.step(net);
    }
    for (std::size_t i = 0; i < 2; ++i)
      CHECK(net.values()[i] == Catch::Approx(c[i] * (1 - strength * std::sqrt(2) / length)).epsilon(0.01));
  };
  check();
  check(MaxNorm{.radius = 100});
}

TEST_CASE("Momentum at a bound is kept beside a penalty in Every, also in the steps between") {
  // f = sum h (w - goal)^2 / 2 in a ball: rest where the penalty in every step rests.
  const auto rest = [](const auto& penalty, AtBound at_bound) {
    auto net = sequential<double>(Dense(3, 1, NoBias{}, MaxNorm{1}, penalty));
    assign(net, "0.weight", Matrix<double>{{0.1, 0.2, 0.3}});
    const Eigen::Array<double, 1, 3> goal(2, 0.5, 0.3), h(1, 2, 3);
    Optimizer optimizer{SGD{.learning_rate = 0.02, .momentum = 0.9, .at_bound = at_bound}};
    for (int k = 0; k < 4000; ++k) {
      optimizer.scale_rate(std::pow(1e-3, k / 4000.0));
      const auto w = parameter(net, "0.weight").array().eval();
      Eigen::Map<Eigen::Array<double, 1, 3>>(net.gradients().data()) = h * (w - goal);
      optimizer.step(net);
    }
    return Matrix<double>(parameter(net, "0.weight"));
  };
  const Matrix<double> optimum = rest(L1{0.3}, AtBound::keep);
  for (const AtBound at_bound : {AtBound::keep, AtBound::zero, AtBound::tangent, AtBound::displacement})
    CHECK((rest(Every{3, L1{0.3}}, at_bound) - optimum).norm() < 1e-3);
}

TEST_CASE("Epochs of fit, averages and the best weights are inside its set") {
  Dataset data;
  data.inputs = random_matrix<float>(6, 50, 3), data.targets = 4 * random_matrix<float>(2, 50, 4);
  Sequential net{Dense(6, 2, Every{1000, MaxNorm{0.5}})};
  initialize(net, {.seed = 1});
  Watch watch;
  EarlyStopping stopping{.patience = 1};
  fit(net, data, MeanSquared{}, SGD{.learning_rate = 0.2}, {.epochs = 5, .batch = 10}, watch, stopping);
  CHECK(watch.outside > 0);
  CHECK(feasible(net));
  CHECK(feasible(watch.average.averaged(net)));
}

TEST_CASE("The end of fit makes no step of a penalty: what its steps have not reached is left as it is") {
  Dataset data;
  data.inputs = random_matrix<float>(6, 50, 3), data.targets = 4 * random_matrix<float>(2, 50, 4);
  const auto trained = [&](const auto&... policy) {
    Sequential net{Dense(6, 2, policy...)};
    initialize(net, {.seed = 1});
    fit(net, data, MeanSquared{}, SGD{.learning_rate = 0.1}, {.epochs = 2, .batch = 10});  // 10 steps
    return Matrix<float>(parameter(net, "0.weight"));
  };
  const Matrix<float> free = trained(), own = trained(Every{10, L1{0.2}});
  CHECK(trained(Every{11, L1{0.2}}) == free);
  for (Index i = 0; i < free.size();
       ++i) {  // the last step was its own: soft thresholding by 10 steps of 0.1
    const float threshold = 10 * 0.1F * 0.2F, kept = std::max(std::abs(free(i)) - threshold, 0.0F);
    CHECK(own(i) == Catch::Approx(std::copysign(kept, free(i))).epsilon(1e-5));
  }
  CHECK((own.array() == 0).count() > 0);
}
