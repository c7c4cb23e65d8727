// SPDX-License-Identifier: MIT
#include "budget.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "errors.hpp"
#include "pairs.hpp"
#include "plan.hpp"
#include "recurrent.hpp"
#include "results_file.hpp"
#include "workers.hpp"

namespace study {

namespace {

using Run = std::function<Result(const Bench&, const Trial&)>;

/// Seconds of an epoch on all training samples: the mean over the runs of the grid, from an epoch of each
/// policy on some samples.
double seconds_of_epoch(Setup setup, const Task& task, const Run& run) {
  setup.epochs = 1;
  const auto all = static_cast<double>(setup.samples * 4 / 5);
  const double some = std::min(all, 2000.0);
  const Bench bench(setup, task.fit, task.test, task.target_scale, "");
  const auto seconds = [&](const std::string& policy, double strength) {
    return number(run(bench, {"few", policy, strength, some, 1}), "seconds") * all / std::max(1.0, some);
  };
  seconds(free_name, 0);  // warms up
  double sum = seconds(free_name, 0), runs = 1;
  for (const std::string& policy : constrained(setup)) {
    const std::vector<double> strengths = strengths_of(setup, policy);
    const auto count = static_cast<double>(strengths.size());
    sum += count * seconds(policy, strengths.front()), runs += count;
  }
  return sum / runs;
}

/// All recurrent runs, from two short lengths of training, whose difference is that of their steps.
void time_recurrent(RecurrentOptions recurrent, Speed& speed) {
  const auto seeds = static_cast<double>(std::exchange(recurrent.seeds, 1));
  const auto seconds = [&](long steps) {
    recurrent.steps = steps;
    double sum = 0;
    for (const Trial& trial : recurrent_trials(recurrent))
      sum += number(run_recurrent(recurrent, trial), "seconds");
    return seeds * sum;
  };
  constexpr long few = 5, more = 25;
  const double shorter = seconds(few), longer = seconds(more);
  speed.recurrent_step = std::max(0.0, (longer - shorter) / static_cast<double>(more - few));
  speed.recurrent_rest = std::max(0.0, shorter - static_cast<double>(few) * speed.recurrent_step);
}

/// What the first line of results says was decided, if a study of these policies was begun.
bool take_over(Setup& setup, const Options& options) {
  std::string line;
  if (!std::getline(std::ifstream(options.out + "/results.jsonl"), line)) return false;
  Setup begun;
  try {
    begun = setup_from_json(line);
  } catch (const InputError&) {
    return true;  // ResultsFile will say what is wrong with it
  }
  if (begun.policies != setup.policies) return true;  // another study, as ResultsFile will say
  if (begun.seeds != setup.seeds || begun.epochs != setup.epochs || begun.strengths != setup.strengths ||
      begun.recurrent_steps != setup.recurrent_steps)
    fmt::print(stderr,
               "strengths, {} seeds, {} epochs and {} steps of recurrent networks are those with which {} "
               "was begun\n",
               begun.seeds, begun.epochs, begun.recurrent_steps, options.out);
  else
    fmt::print(stderr, "--budget changes nothing of the study that was begun in {}\n", options.out);
  setup.strengths = begun.strengths, setup.seeds = begun.seeds, setup.epochs = begun.epochs;
  if (setup.recurrent_steps > 0 && begun.recurrent_steps > 0)
    setup.recurrent_steps = begun.recurrent_steps;
  else if (setup.recurrent_steps > 0 && options.stages.empty() && !begun.shortened.empty())
    leave_out_recurrent(setup);  // as it was then; where a stage was named, ResultsFile refuses other stages
  setup.shortened = begun.shortened;
  return true;
}

}  // namespace

void keep_to_budget(Setup& setup, const Task& task, const Options& options, const Run& run) {
  if (!(options.budget > 0) || take_over(setup, options)) return;
  Speed speed{.epoch = seconds_of_epoch(setup, task, run), .jobs = options.jobs};
  if (setup.recurrent_steps > 0) time_recurrent({.chorales = options.chorales}, speed);
  const double budget = 60 * options.budget, all = budget * static_cast<double>(options.jobs);
  const std::string changes = shorten(setup, speed, all, options.stages.empty());
  const double needed = expected_seconds(setup, speed) / static_cast<double>(options.jobs);
  if (!changes.empty())
    setup.shortened = fmt::format("To end within {}: {}.", duration_text(budget), changes);
  if (needed > budget)
    setup.shortened +=
        fmt::format("{}The budget of {} cannot be met: the smallest study is expected to take about {}.",
                    changes.empty() ? "" : " ", duration_text(budget), duration_text(needed));
  if (!setup.shortened.empty()) fmt::print(stderr, "{}\n", setup.shortened);
}

}  // namespace study
