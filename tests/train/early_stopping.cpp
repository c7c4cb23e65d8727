// SPDX-License-Identifier: MIT
#include "espalier/train/early_stopping.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

namespace {

EpochReport report(long epoch, double validation_loss, double loss = 0, double penalty = 0) {
  EpochReport result;
  result.epoch = epoch;
  result.validation_loss = validation_loss;
  result.loss = loss;
  result.penalty = penalty;
  return result;
}

/// The epoch in which a run with these validation losses ends, the model's weight being the number of the
/// epoch.
template <Scalar S>
long run(EarlyStopping& stopping, const std::vector<double>& losses, S& weight_at_the_end) {
  auto net = sequential<S>(Dense(1, 1, NoBias{}));
  stopping.start(Plan{});
  long epoch = 0;
  for (bool going = true; going && epoch < static_cast<long>(losses.size());) {
    ++epoch;
    detail::arena(net)[0] = static_cast<S>(epoch) / 3;
    going = stopping.epoch(net, report(epoch, losses[static_cast<std::size_t>(epoch - 1)]));
  }
  stopping.finish(net);
  weight_at_the_end = net.values()[0];
  return epoch;
}

}  // namespace

TEMPLATE_TEST_CASE("The run ends after `patience` epochs without improvement, at the best weights", "", float,
                   double) {
  EarlyStopping stopping{.patience = 2};
  TestType weight = 0;
  CHECK(run(stopping, {5, 4, 3, 3.5, 3, 2, 1}, weight) == 5);  // equal is no improvement
  CHECK(stopping.best_epoch() == 3);
  CHECK(stopping.best_loss() == 3);
  CHECK(weight == TestType(3) / 3);
  CHECK(run(stopping, {5, 4, 6}, weight) == 3);  // the plan ended first
  CHECK(weight == TestType(2) / 3);
  CHECK(run(stopping, {9}, weight) == 1);  // a new run knows nothing of the last
  CHECK(stopping.best_loss() == 9);
}

TEST_CASE("What is no number is no best epoch, and does not count as improvement") {
  const double inf = std::numeric_limits<double>::infinity();
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  EarlyStopping stopping{.patience = 2};
  stopping.start(Plan{});
  EpochReport broken = report(1, std::nan(""), std::nan(""));  // from a loop of one's own: fit refuses these
  CHECK(stopping.epoch(net, broken));
  CHECK(stopping.best_epoch() == 0);
  detail::arena(net)[0] = 2;
  CHECK(stopping.epoch(net, report(2, 5)));
  CHECK(stopping.best_epoch() == 2);
  detail::arena(net)[0] = 3;
  CHECK(stopping.epoch(net, report(3, inf)));
  stopping.finish(net);
  CHECK(net.values()[0] == 2);

  stopping.start(Plan{});
  CHECK(stopping.epoch(net, broken));
  broken.epoch = 2;
  CHECK_FALSE(stopping.epoch(net, broken));
  stopping.finish(net);
  CHECK(net.values()[0] == 2);  // as it is: there is no better
}

TEST_CASE("The best weights of a run that throws can be had") {
  auto net = Sequential(Dense(2, 1));
  initialize(net, Rng{1});
  const Dataset data = two_halves(30);
  Dataset numbers{data.inputs, {}, data.inputs.topRows(1), {}, {}, {}};
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  EarlyStopping stopping;
  const auto diverge = [](const Progress& p) { return p.epoch < 5 ? 1.0 : 1e6; };
  try {
    fit(net, numbers, MeanSquared{}, optimizer,
        {.epochs = 50, .validation_data = &numbers, .schedule = diverge}, stopping);
    FAIL("expected a run that diverges");
  } catch (const NotFiniteError&) {
    CHECK(stopping.best_epoch() == 5);
    stopping.finish(net);
  }
  CHECK(evaluate(net, numbers, MeanSquared{}) == stopping.best_loss());
}

TEST_CASE("Improvements smaller than min_delta do not count") {
  EarlyStopping stopping{.patience = 2, .min_delta = 0.5};
  float weight = 0;
  CHECK(run(stopping, {5, 4.6, 4.5, 4}, weight) == 3);
  CHECK(stopping.best_epoch() == 1);
}

TEST_CASE("Without validation the training loss with its penalties counts") {
  EarlyStopping stopping{.patience = 1};
  const auto net = Sequential(Dense(1, 1));
  const double none = std::numeric_limits<double>::quiet_NaN();
  stopping.start(Plan{});
  CHECK(stopping.epoch(net, report(1, none, 3, 0.1)));
  CHECK(stopping.best_loss() == 3.1);
  CHECK_FALSE(stopping.epoch(net, report(2, none, 2.9, 0.3)));
}

TEST_CASE("fit ends early and leaves the best weights, which are feasible") {
  auto net = Sequential(Dense(2, 30, MaxNorm{1}), Tanh{}, Dense(30, 2));
  initialize(net, Rng{1});
  const Dataset train = two_halves(30), other = two_halves(200, 2);
  Dataset noisy = train;
  for (std::size_t i = 0; i < 30; i += 5) noisy.labels[i] = 1 - noisy.labels[i];  // to be learnt by heart
  Optimizer optimizer{Adam{.learning_rate = 0.05}};
  EarlyStopping stopping{.patience = 5};
  const History history = fit(net, noisy, CrossEntropy{}, optimizer,
                              {.epochs = 500, .batch = 10, .validation_data = &other}, stopping);
  CHECK(history.size() < 500);
  CHECK(static_cast<long>(history.size()) == stopping.best_epoch() + 5);
  for (const EpochReport& epoch : history) CHECK(epoch.validation_loss >= stopping.best_loss());
  CHECK(evaluate(net, other, CrossEntropy{}) == stopping.best_loss());
  CHECK(feasible(net));
}

TEST_CASE("Early stopping refuses options that make no sense") {
  Sequential net(Dense(2, 2, MaxNorm{1}));
  initialize(net, {.seed = 1});
  detail::arena(net)[0] = 5;  // outside: to prepare an optimizer would move it
  const auto before = net;
  const Dataset data = two_halves(10);
  Optimizer optimizer{SGD{}, MaxNorm{1}};
  EarlyStopping hasty{.patience = 0};
  CHECK(message_of([&] { fit(net, data, CrossEntropy{}, optimizer, {}, hasty); }) ==
        "EarlyStopping: expected patience >= 1, found 0");
  CHECK(net == before);
  CHECK_THROWS_AS(EarlyStopping{.min_delta = -1}.validate(), ValueError);
  CHECK_THROWS_AS(hasty.epoch(net, report(1, 1)), ValueError);  // in a loop of one's own
}

TEST_CASE("Without validation data the weights given back have the best loss, and are not those before it") {
  // MeanSquared of w with the target 0 has the gradient 2 w: steps of 1.5 make -2 w of w. The losses of the
  // epochs' batches are 1, 4, 16 and those of the weights after them 4, 16, 64.
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  detail::arena(net)[0] = 1;
  const BasicDataset<double> data{Matrix<double>::Ones(1, 1), {}, Matrix<double>::Zero(1, 1), {}, {}, {}};
  Optimizer optimizer{SGD{.learning_rate = 1.5}};
  EarlyStopping stopping{.patience = 2};
  const History history = fit(net, data, MeanSquared{}, optimizer, {}, stopping);
  REQUIRE(history.size() == 3);
  CHECK(history[2].loss == 16);
  CHECK(history[2].training_loss == 64);
  CHECK(stopping.best_epoch() == 1);
  CHECK(stopping.best_loss() == 4);
  CHECK(net.values()[0] == -2);
}

TEST_CASE("Without validation data the best loss is that of the weights given back, penalties included") {
  auto net = Sequential(Dense(2, 10, L2{1e-3}), Tanh{}, Dropout{0.3}, Dense(10, 2));
  initialize(net, Rng{1});
  const Dataset data = two_halves(50);
  Optimizer optimizer{SGD{.learning_rate = 4}, L1{1e-3}};  // so fast that losses go up and down
  EarlyStopping stopping{.patience = 100};
  const History history = fit(net, data, CrossEntropy{}, optimizer, {.epochs = 20, .batch = 10}, stopping);
  CHECK(stopping.best_loss() == evaluate(net, data, CrossEntropy{}) + penalty(net));
  CHECK(stopping.best_epoch() < 20);
  for (const EpochReport& report : history)
    CHECK(report.training_loss + report.penalty >= stopping.best_loss());
}

TEST_CASE("The training loss is evaluated where it is asked for and nothing better is there") {
  auto net = Sequential(Dense(2, 2));
  initialize(net, Rng{1});
  const Dataset data = two_halves(10);
  Optimizer optimizer{SGD{}};
  EarlyStopping stopping;
  CHECK(std::isnan(fit(net, data, CrossEntropy{}, optimizer, {.epochs = 1})[0].training_loss));
  const History history = fit(net, data, CrossEntropy{}, optimizer, {.epochs = 1}, stopping);
  CHECK(history[0].training_loss == evaluate(net, data, CrossEntropy{}));
  const History validated =
      fit(net, data, CrossEntropy{}, optimizer, {.epochs = 1, .validation_data = &data}, stopping);
  CHECK(std::isnan(validated[0].training_loss));
}
