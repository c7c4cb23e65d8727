// SPDX-License-Identifier: MIT
// A study that is to end within some minutes: what is measured, what is decided, and what is said.
#include "study/budget.hpp"

#include "refusal.hpp"
#include "study/results_file.hpp"

using namespace study;

namespace {

Setup some_setup() {
  Setup setup;
  setup.samples = 40, setup.features = 2, setup.classes = 2, setup.outputs = 2;
  setup.hidden = {6};
  setup.epochs = 10, setup.batch = 8, setup.seeds = 3, setup.learning_rate = 0.01;
  setup.policies = {"a", "b"};
  setup.strengths = {{1, 2, 3}, {0}};
  setup.stages = {"grid"};
  return setup;
}

Task some_task() {
  Task task;
  task.fit.inputs = espalier::Matrix<float>::Random(2, 40);
  for (int k = 0; k < 40; ++k) task.fit.labels.push_back(k % 2);
  task.test = task.fit;
  return task;
}

/// A setup in a budget of so many minutes of two jobs, where an epoch takes half a second, and under "a" one
/// of `slow`.
Setup shortened(Setup setup, double minutes, double slow = 0.5, const std::string& out = "no such folder") {
  Options options;
  options.budget = minutes, options.jobs = 2, options.out = out;
  keep_to_budget(setup, some_task(), options, [&](const Bench& bench, const Trial& trial) {
    CHECK(bench.setup().epochs == 1);
    CHECK(trial.level == 32);  // all training samples, as they are few
    return Result{trial, {{"seconds", trial.policy == "a" ? slow : 0.5}}};
  });
  return setup;
}

}  // namespace

TEST_CASE("A study that fits its budget, or has none, is left as it is") {
  CHECK(shortened(some_setup(), 0) == some_setup());
  CHECK(shortened(some_setup(), 1) == some_setup());  // 15 runs of 10 epochs are 75 s of one job
}

TEST_CASE("What is changed is kept for the page, and so is a budget that cannot be met") {
  const Setup less = shortened(some_setup(), 0.55);
  CHECK(less.strengths == std::vector<std::vector<double>>{{1, 3}, {0}});
  CHECK(less.shortened == "To end within 33 s: every second strength.");
  // 12 runs of 2 epochs.
  const Setup least = shortened(some_setup(), 0.01);
  CHECK(least.shortened ==
        "To end within 1 s: every second strength, 2 epochs instead of 10. The budget of 1 s cannot be met: "
        "the smallest study is expected to take about 6 s.");
}

TEST_CASE("Policies whose steps take longer are counted with their time") {
  CHECK(shortened(some_setup(), 1, 0.9).shortened.empty());  // (2 x 0.5 + 3 x 0.9) / 5 is 0.74 s an epoch
  CHECK(shortened(some_setup(), 1, 1.3).shortened == "To end within 1 min 00 s: every second strength.");
}

TEST_CASE("A study that was begun keeps to what was decided then") {
  const TemporaryDirectory folder;
  const std::string out = (folder / "").string();
  const Setup begun = shortened(some_setup(), 0.01, 0.5, out);
  folder.write("results.jsonl", to_json(begun) + "\n");
  CHECK(shortened(some_setup(), 0.01, 0.5, out) == begun);
  CHECK(shortened(some_setup(), 5, 0.5, out) == begun);
  Setup recurrent = some_setup();
  recurrent.stages = {"grid", "recurrent"}, recurrent.recurrent_steps = 100;
  CHECK(shortened(recurrent, 5, 0.5, out).stages == begun.stages);  // they were left out for the budget
  Options named;
  named.budget = 5, named.jobs = 2, named.out = out, named.stages = recurrent.stages;
  Setup asked = recurrent;
  keep_to_budget(asked, some_task(), named, [](const Bench&, const Trial& trial) { return Result{trial}; });
  CHECK(asked.stages == recurrent.stages);  // which ResultsFile refuses
  Setup other = some_setup();
  other.policies = {"b", "c"};
  CHECK(shortened(other, 5, 0.5, out) == other);  // which ResultsFile refuses
}

TEST_CASE("Recurrent networks are timed, and left out where they take too much of the budget") {
  Setup setup = some_setup();
  setup.stages = {"grid", "recurrent"};
  setup.recurrent_steps = 100000;
  const Setup less = shortened(setup, 0.01);
  CHECK(less.recurrent_steps == 0);
  CHECK(less.stages == std::vector<std::string>{"grid"});
  CHECK(less.shortened.starts_with("To end within 1 s: no stage \"recurrent\", every second strength"));
}
