// SPDX-License-Identifier: MIT
#include "espalier/train/fit_options.hpp"

#include <optional>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/early_stopping.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

namespace {

using Net = decltype(Sequential(Dense(2, 8, L1{1e-3}), ReLU{}, Dropout{.probability = 0.3}, Dense(8, 2)));

/// All that a run is.
template <class O>
struct Run {
  Net net{Dense(2, 8, L1{1e-3}), ReLU{}, Dropout{.probability = 0.3}, Dense(8, 2)};
  O optimizer;
  EarlyStopping stopping{.patience = 100};
  TrainState state{};
};

/// Copies a run after its tenth epoch.
template <class O>
struct CopyHalf {
  Run<O>& run;
  std::optional<Run<O>> half{};

  void epoch(const auto&, const EpochReport& report) {
    if (report.epoch == 10) half.emplace(run);
  }
};

/// Trains up to 20 epochs and returns a copy of the run as it was after the tenth.
template <class O>
Run<O> train(Run<O>& run, const Dataset& data) {
  CopyHalf<O> watch{run};
  fit(run.net, data, CrossEntropy{}, run.optimizer,
      {.epochs = 20,
       .batch = 16,
       .seed = 3,
       .schedule = WarmUp{5, OnPlateau{.factor = 0.5, .patience = 1}},
       .state = &run.state},
      run.stopping, watch);
  return watch.half ? *watch.half : run;
}

template <class O>
void check(const O& optimizer) {
  const Dataset data = two_halves(100);
  Run<O> straight{.optimizer = optimizer};
  initialize(straight.net, Rng{1});
  Run<O> resumed = train(straight, data);
  CHECK(resumed.state.epoch() == 10);
  CHECK(resumed.state.step == 70);
  CHECK_FALSE(resumed.net == straight.net);
  train(resumed, data);
  CHECK(resumed.state.epoch() == 20);
  CHECK(resumed.net == straight.net);
  CHECK(resumed.stopping.best_loss() == straight.stopping.best_loss());
  CHECK(resumed.stopping.best_epoch() == straight.stopping.best_epoch());
}

}  // namespace

TEST_CASE("20 epochs are 10, a copy of everything, and 10 more, bit for bit") {
  check(Optimizer{Adam{.learning_rate = 1e-2}, MaxNorm{.radius = 1}});
  check(Optimizer{SGD{.learning_rate = 0.1, .momentum = 0.9}});
}

TEST_CASE("A finished run that is taken up again has nothing to do") {
  const Dataset data = two_halves(100);
  Run<Optimizer<SGD>> run;
  initialize(run.net, Rng{1});
  train(run, data);
  const Net before = run.net;
  const History history =
      fit(run.net, data, CrossEntropy{}, run.optimizer, {.epochs = 20, .batch = 16, .state = &run.state});
  CHECK(history.size() == 20);  // those of the run
  CHECK(run.net == before);
}

TEST_CASE("A state goes on with its own data, batches and optimizer, or is refused before anything changes") {
  const Dataset data = two_halves(100);
  Run<Optimizer<SGD>> run;
  initialize(run.net, Rng{1});
  train(run, data);
  const Net before = run.net;
  const auto message = [&](auto&& optimizer, const FitOptions& options) {
    return message_of([&] { fit(run.net, data, CrossEntropy{}, optimizer, options); });
  };
  CHECK(message(run.optimizer, {.epochs = 10, .batch = 16, .state = &run.state}) ==
        "fit: expected epochs, of the whole run, >= the 20 of the state, found 10");
  CHECK(
      message(run.optimizer, {.epochs = 30, .batch = 50, .state = &run.state}) ==
      "fit: expected data and a batch size as in the run of the state, with 140 steps in 20 epochs, found 2 "
      "steps an epoch");
  CHECK(message(SGD{}, {.epochs = 30, .batch = 16, .state = &run.state}) ==
        "fit: expected the model and the optimizer of the run that the state belongs to, found an optimizer "
        "that has made no step with this model (initialize comes before resume)");
  CHECK(run.net == before);
}

TEST_CASE(
    "A state does not go on with a model that is initialized again, for which the optimizer begins anew") {
  const Dataset data = two_halves(100);
  Run<Optimizer<SGD>> run;
  initialize(run.net, Rng{1});
  train(run, data);
  const long steps = run.optimizer.steps();
  CHECK(run.optimizer.steps(run.net) == steps);
  const auto trained = run.net;
  CHECK(run.optimizer.steps(trained) == steps);  // a copy is of the run
  initialize(run.net, Rng{1});
  CHECK(run.optimizer.steps(run.net) == 0);
  const auto before = run.net;
  CHECK_THROWS_AS(
      fit(run.net, data, CrossEntropy{}, run.optimizer, {.epochs = 30, .batch = 16, .state = &run.state}),
      ValueError);
  CHECK(run.net == before);
  CHECK(run.state.epoch() == 20);
  CHECK(run.optimizer.steps(trained) == steps);  // and it still knows its own
}

TEST_CASE("Threads of a run are as before after it") {
  set_threads(2);
  Run<Optimizer<SGD>> run;
  initialize(run.net, Rng{1});
  fit(run.net, two_halves(20), CrossEntropy{}, run.optimizer, {.epochs = 1, .threads = 1});
  CHECK(threads() == 2);
}
