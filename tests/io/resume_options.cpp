// SPDX-License-Identifier: MIT
#include "espalier/io/resume_options.hpp"

#include <filesystem>

#include "../data/files.hpp"
#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/product_of_norms.hpp"
#include "espalier/io/checkpoint.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/early_stopping.hpp"
#include "espalier/train/fit.hpp"
#include "espalier/train/norm_log.hpp"

using namespace espalier;
namespace fs = std::filesystem;

namespace {

struct Settings {
  SGD rule{.learning_rate = 0.1, .momentum = 0.5};
  ClipNorm clip{1};
  ProductOfNorms product{.strength = 1e-3};
  MaxNorm max_norm{.radius = 0.5};
  L1 l1{1e-3};
  double dropped = 0.3, momentum = 0.1;
  EarlyStopping stopping{.patience = 50};
  CrossEntropy loss{.label_smoothing = 0.1};
  FitOptions fit{.epochs = 4, .batch = 16, .seed = 3};
};

/// A program with these settings.
struct Program {
  fs::path path;
  Settings settings{};

  Sequential<float, Dense<Dynamic, Dynamic, L1>, BatchNorm, Dropout, Dense<Dynamic, Dynamic, MaxNorm>> net{
      Dense(2, 4, settings.l1), BatchNorm(4, {.momentum = settings.momentum}), Dropout{settings.dropped},
      Dense(4, 2, settings.max_norm)};
  Optimizer<SGD, ClipNorm, ProductOfNorms> optimizer{settings.rule, settings.clip, settings.product};
  TrainState state{};
  EarlyStopping stopping = settings.stopping;
  NormLog norms{};

  Resumed take_up(Changed changed = Changed::refuse) {
    initialize(net, {.seed = 1});
    return resume(path, net, optimizer, state, {.changed = changed}, stopping, norms);
  }
  void train(long epochs) {
    FitOptions options = settings.fit;
    options.epochs = epochs;
    options.state = &state;
    fit(net, two_halves(100), settings.loss, optimizer, options, stopping, norms, Checkpoint(path));
  }
};

Program first_run(const fs::path& path, long epochs = 2) {
  Program program{path};
  program.take_up();
  program.train(epochs);
  return program;
}

/// The lines of a message after "found".
std::string found_in(const std::string& message) { return message.substr(message.find(", found\n") + 8); }

}  // namespace

TEST_CASE("Each setting of model, optimizer and observers that is another one is refused with both values") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "run";
  first_run(path);
  const auto refused = [&](const auto& change) {
    Settings settings;
    change(settings);
    Program program{path, settings};
    const std::string message = message_of([&] { program.take_up(); });
    CHECK(program.state.epoch() == 0);
    CHECK(program.optimizer.steps() == 0);
    CHECK(program.norms.records.empty());
    return found_in(message);
  };
  const std::string rule =
      "  optimizer: SGD{learning_rate = 0.2, momentum = 0.5, nesterov = false, at_bound = keep} here, "
      "SGD{learning_rate = 0.1, momentum = 0.5, nesterov = false, at_bound = keep} in the file";
  const std::string l1 = "  0.weight: L1{strength = 0.002} here, L1{strength = 0.001} in the file";
  CHECK(refused([](Settings& s) { s.rule.learning_rate = 0.2; }) == rule);
  CHECK(refused([](Settings& s) { s.rule.nesterov = true; }).find("nesterov = true") != std::string::npos);
  CHECK(refused([](Settings& s) { s.clip.limit = 2; }) ==
        "  transforms: ClipNorm{limit = 2} here, ClipNorm{limit = 1} in the file");
  CHECK(refused([](Settings& s) { s.l1.strength = 2e-3; }) == l1);
  CHECK(refused([](Settings& s) { s.max_norm.metric = Metric::euclidean; }) ==
        "  3.weight: MaxNorm{radius = 0.5, metric = euclidean} here, MaxNorm{radius = 0.5} in the file");
  CHECK(refused([](Settings& s) { s.product.strength = 2e-3; }) ==
        "  penalties on several parameters: ProductOfNorms{strength = 0.002, pattern = '*'} here, "
        "ProductOfNorms{strength = 0.001, pattern = '*'} in the file");
  CHECK(refused([](Settings& s) { s.dropped = 0.5; }) ==
        "  layer 2: Dropout{probability = 0.5} here, Dropout{probability = 0.3} in the file");
  CHECK(refused([](Settings& s) { s.momentum = 0.2; }) ==
        "  layer 1: BatchNorm{momentum = 0.2} here, BatchNorm{momentum = 0.1} in the file");
  CHECK(
      refused([](Settings& s) { s.stopping.patience = 5; }) ==
      "  observer 1: EarlyStopping{patience = 5, min_delta = 0} here, EarlyStopping{patience = 50, min_delta "
      "= 0} in the file");
  CHECK(refused([](Settings& s) { s.rule.learning_rate = 0.2, s.l1.strength = 2e-3; }) == l1 + "\n" + rule);
}

TEST_CASE("Each setting of fit that is another one is refused when it begins, before anything changes") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "run";
  first_run(path);
  const auto refused = [&](const auto& change, long epochs = 4) {
    Program program{path};
    change(program.settings);
    program.take_up();
    const auto before = program.net;
    const std::string message = message_of([&] { program.train(epochs); });
    CHECK(program.net == before);
    CHECK(program.state.epoch() == 2);
    return found_in(message);
  };
  CHECK(refused([](Settings& s) { s.loss.label_smoothing = 0; }) ==
        "  loss: CrossEntropy{label_smoothing = 0, class_weights = []} here, CrossEntropy{label_smoothing = "
        "0.1, "
        "class_weights = []} before");
  CHECK(refused([](Settings& s) { s.fit.batch = 15; }) == "  batch: 15 here, 16 before");
  CHECK(refused([](Settings& s) { s.fit.shuffle = false; }) == "  shuffle: false here, true before");
  CHECK(refused([](Settings& s) { s.fit.seed = 4; }) == "  seed: 4 here, 3 before");
  CHECK(refused([](Settings& s) { s.fit.validation = 0.01; }) ==
        "  samples: 99 here, 100 before\n  validation: 0.01 here, 0 before");
  CHECK(refused([](Settings& s) { s.fit.schedule = StepDecay{}; }) ==
        "  schedule: StepDecay{every = 30, factor = 0.1} over 4 epochs here, none before");
}

TEST_CASE("A longer run is another one only for a schedule, which may ask how long it is") {
  const TemporaryDirectory directory;
  for (const bool scheduled : {false, true}) {
    const fs::path path = directory / (scheduled ? "scheduled" : "plain");
    Program first{path}, second{path};
    if (scheduled) first.settings.fit.schedule = second.settings.fit.schedule = CosineDecay{};
    first.take_up();
    first.train(2);
    second.take_up();
    if (scheduled)
      CHECK(found_in(message_of([&] { second.train(3); })) ==
            "  schedule: CosineDecay{final_factor = 0} over 3 epochs here, CosineDecay{final_factor = 0} "
            "over 2 "
            "epochs before");
    else
      CHECK_NOTHROW(second.train(3));
  }
}

TEST_CASE("Other settings that one asks for are taken, and are those of the run from then on") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "run";
  const Program first = first_run(path);
  Settings changed;
  changed.rule.learning_rate = 0.01;
  changed.fit.batch = 50;
  Program second{path, changed};
  const Resumed resumed = second.take_up(Changed::take);
  REQUIRE(resumed.changed.size() == 1);
  CHECK(resumed.changed[0].starts_with("optimizer: SGD{learning_rate = 0.01, "));
  second.train(4);
  CHECK(second.state.epoch() == 4);
  CHECK(second.state.step == 8);

  // By hand: the model and the momentum of the first run, under the other rate.
  Program hand{directory / "hand", changed};
  hand.net = first.net;
  hand.optimizer.restore(hand.net, first.optimizer.state(first.net));
  hand.stopping = first.stopping;
  hand.state.history = first.state.history;
  hand.train(4);
  CHECK(second.net == hand.net);

  Program third{path, changed};
  CHECK(third.take_up().changed.empty());
  third.train(5);
  Program fourth{path};
  CHECK_FALSE(message_of([&] { fourth.take_up(); }).empty());
}

TEST_CASE("Weights are moved into sets that are smaller now, also those of the best epoch") {
  const TemporaryDirectory directory;
  first_run(directory / "run");
  Settings changed;
  changed.max_norm.radius = 0.05;
  Program second{directory / "run", changed};
  second.take_up(Changed::take);
  CHECK(feasible(second.net));
  second.stopping.state.best_loss = 0;  // no later epoch is better
  second.train(3);
  CHECK(feasible(second.net));
}

TEST_CASE("Records of norms are those of all epochs, of both programs") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "run";
  const Program straight = first_run(directory / "straight", 4);
  first_run(path);
  Program second{path};
  second.take_up();
  second.train(4);
  CHECK(second.norms.records.size() == 4 * second.net.parameters().entries().size());
  CHECK(second.norms.records == straight.norms.records);
}

TEST_CASE("A schedule by reference is refused at the first start, not at the second") {
  const TemporaryDirectory directory;
  OnPlateau plateau{.factor = 0.5, .patience = 0};
  Program program{directory / "run"};
  program.settings.fit.schedule = std::ref(plateau);
  program.take_up();
  CHECK(message_of([&] { program.train(2); }) ==
        "fit: expected with a state a schedule by value, of which copies are shown the epochs before, found "
        "std::ref");
  CHECK(plateau == OnPlateau{.factor = 0.5, .patience = 0});
  CHECK(program.state.epoch() == 0);
}
