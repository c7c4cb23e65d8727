// SPDX-License-Identifier: MIT
#include "espalier/train/observer.hpp"

#include "../nets.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

namespace {

/// Everything an observer may have.
struct Diary {
  std::vector<std::string> lines;

  void start(const Plan& plan) { lines.push_back(fmt::format("start {} x {}", plan.epochs, plan.batches)); }
  void batch(const auto& model, const BatchReport& r) {
    lines.push_back(fmt::format("batch {}.{} {}", r.epoch, r.batch, model.gradients()[0] != 0));
  }
  void epoch(const auto&, const EpochReport& r) { lines.push_back(fmt::format("epoch {}", r.epoch)); }
  void finish(const auto&) { lines.push_back("finish"); }
};

/// Ends the run after an epoch.
struct StopAfter {
  long last;
  bool epoch(const auto&, const EpochReport& report) { return report.epoch < last; }
};

struct Watcher {
  int epochs = 0;
  void epoch(const auto&, const EpochReport&) { ++epochs; }
};

using Net = decltype(Sequential(Dense(2, 2)));
static_assert(Observer<Diary, Net> && Observer<StopAfter, Net> && !Observer<int, Net>);

struct OtherArguments {
  void start() {}
};
struct OtherKind {
  long finish = 0;
};
struct Final final {
  bool epoch(const Net&, const EpochReport&) { return true; }
};
static_assert(detail::callable_members<Diary, Net>() && !detail::callable_members<const StopAfter, Net>());
static_assert(detail::callable_members<Watcher, Net>() && !detail::callable_members<const Watcher, Net>());
static_assert(!detail::callable_members<OtherArguments, Net>() &&
              !detail::callable_members<OtherKind, Net>());
struct Wish {
  bool wants_training_loss = true;
};
static_assert(!detail::callable_members<Wish, Net>());
static_assert(detail::callable_members<Final, Net>() && detail::callable_members<int, Net>());

template <class... Observers>
History run(long epochs, Observers&&... observers) {
  auto net = Sequential(Dense(2, 2));
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{}};
  return fit(net, two_halves(10), CrossEntropy{}, optimizer, {.epochs = epochs, .batch = 5}, observers...);
}

}  // namespace

TEST_CASE("An observer is called at the start, after batches and epochs, and at the end") {
  Diary diary;
  run(2, diary);
  CHECK(diary.lines == std::vector<std::string>{"start 2 x 2", "batch 1.1 true", "batch 1.2 true", "epoch 1",
                                                "batch 2.1 true", "batch 2.2 true", "epoch 2", "finish"});
}

TEST_CASE("Any observer may end the run; the others see that epoch and the end") {
  Watcher watcher;
  Diary diary;
  CHECK(run(9, StopAfter{2}, watcher, diary).size() == 2);
  CHECK(watcher.epochs == 2);
  CHECK(diary.lines.back() == "finish");
  CHECK(run(9, watcher, StopAfter{3}, StopAfter{5}).size() == 3);
  CHECK(run(2, StopAfter{7}).size() == 2);
}

TEST_CASE("An observer may change the model at the end only") {
  struct Zero {
    void finish(Net& model) { std::fill(detail::arena(model).begin(), detail::arena(model).end(), 0.0F); }
  };
  auto net = Sequential(Dense(2, 2));
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{}};
  fit(net, two_halves(10), CrossEntropy{}, optimizer, {.epochs = 1}, Zero{});
  CHECK(numbers_of(net) == std::vector<float>(6, 0.0F));
}

TEST_CASE("A report prints as a line of what there is") {
  EpochReport report{.epoch = 3, .loss = 0.123456};
  report.seconds = 1.25;
  CHECK(fmt::format("{}", report) == "epoch 3  loss 0.1235  1.2 s");
  report.training_loss = 0.1;
  report.penalty = 2;
  CHECK(fmt::format("{}", report) == "epoch 3  loss 0.1235  after it 0.1  penalty 2  1.2 s");
  report = {.epoch = 4, .loss = 1, .validation_loss = 0.5, .validation_accuracy = 0.9876};
  CHECK(fmt::format("{}", report) == "epoch 4  loss 1  validation 0.5 (98.8 %)  0.0 s");
}
