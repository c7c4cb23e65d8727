// SPDX-License-Identifier: MIT
#include "study.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include <espalier/core/threads.hpp>

#include "budget.hpp"
#include "cost.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "own_files.hpp"
#include "plan.hpp"
#include "recurrent.hpp"
#include "report.hpp"
#include "results_file.hpp"
#include "task.hpp"
#include "verdict.hpp"
#include "workers.hpp"

namespace study {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// All stages, unless the user names some. Most take the best strengths of the grid.
std::vector<std::string> stages_of(const Options& options) {
  const bool needs_grid =
      std::ranges::any_of(options.stages, [](const std::string& s) { return s != "recurrent"; });
  std::vector<std::string> names;
  for (const Stage& stage : stages)
    if (options.stages.empty() || contains(options.stages, stage.name) ||
        (needs_grid && stage.name == std::string("grid")))
      names.push_back(stage.name);
  return names;
}

/// The strengths of a policy, from weak to strong.
std::vector<double> strengths_of(const Options& options, const Entry& entry) {
  const auto given = options.strengths.find(entry.name);
  if (given == options.strengths.end()) {
    if (options.quick && entry.strengths.size() > 2) return {entry.strengths.front(), entry.strengths.back()};
    return entry.strengths;
  }
  std::vector<double> strengths = given->second;
  std::ranges::sort(strengths);
  if (entry.strengths.front() > entry.strengths.back()) std::ranges::reverse(strengths);  // a radius
  return strengths;
}

Setup setup_of(const Options& options, const Task& task, const Grid& grid) {
  Setup setup;
  describe(task, setup);
  setup.hidden = options.hidden;
  setup.where = options.where;
  setup.epochs = options.epochs, setup.batch = options.batch, setup.seeds = options.seeds;
  setup.learning_rate = options.learning_rate;
  setup.stages = stages_of(options);
  if (contains(setup.stages, "recurrent")) {
    setup.recurrent_steps = options.quick ? 20 : RecurrentOptions{}.steps;
    if (!options.chorales.empty()) setup.chorales = checksum_of_chorales(options.chorales);
  }
  for (const Entry& entry : grid) {
    if (!contains(options.policies, entry.name)) continue;
    setup.policies.push_back(entry.name);
    setup.strengths.push_back(strengths_of(options, entry));
  }
  return setup;
}

const Entry& entry_of(const Grid& grid, const std::string& name) {
  return *std::ranges::find(grid, name, &Entry::name);
}

/// Are all layers constrained in a trial?
bool on_all_layers(const Setup& setup, const Trial& trial) {
  if (trial.stage == "depth") return true;
  if (trial.stage == "where") return trial.level > 0;
  return setup.where == "all";
}

Result run_trial(const Bench& bench, const Grid& grid, const RecurrentOptions& recurrent,
                 const Trial& trial) {
  const bool all = on_all_layers(bench.setup(), trial);
  if (trial.stage == "recurrent" || trial.stage == "chorales") return run_recurrent(recurrent, trial);
  if (trial.policy == free_name || trial.policy == clipped_gradients) return run_free(bench, trial, all, {});
  const Entry& entry = entry_of(grid, trial.policy);
  if (trial.stage == "cost") return measure_cost(bench, trial, all, entry);
  try {
    return entry.run(bench, trial, all);
  } catch (const esp::ValueError& error) {  // a number that its type allows and the policy does not
    throw InputError(fmt::format("--strengths, {} at {}: {}", trial.policy, trial.strength, error.what()));
  }
}

/// The weights of the first layers that the page shows, from the networks of the first seed.
std::vector<FilterWeights> filters_of(const Bench& bench, const std::vector<Result>& results) {
  std::vector<FilterWeights> filters;
  for (const Result& result : results) {
    if (result.trial.stage != "final" || result.trial.seed != 1 || !result.failed.empty()) continue;
    const Eigen::MatrixXf weight = read_filters(bench, result.trial);
    if (weight.size() == 0) continue;
    const esp::WeightMatrix<float> rows = weight;  // row by row
    filters.push_back({result.trial.policy, result.trial.strength, weight.rows(), weight.cols(),
                       std::vector<float>(rows.data(), rows.data() + rows.size())});
  }
  return filters;
}

/// One study: its parts, and what is done with them.
class Study {
 public:
  Study(const Options& options, const Grid& grid, Setup setup, Task task)
      : options_(options),
        grid_(grid),
        recurrent_{.chorales = options.chorales, .steps = setup.recurrent_steps},
        file_(options.out + "/results.jsonl", setup),
        bench_(setup, std::move(task.fit), std::move(task.test), task.target_scale, options.out) {}

  /// Does what is not done yet, until somebody stops it.
  void run() {
    const StopOnSignal stop;
    Progress progress(planned(), static_cast<long>(file_.results().size()), static_cast<int>(options_.jobs),
                      options_.quiet ? nullptr : stderr);
    for (const std::string& stage : setup().stages) {
      if (stop_requested()) return;
      run_stage(stage, progress);
    }
  }

  void write() const {
    write_whole(options_.out + "/report.html",
                html_report(setup(), file_.results(), filters_of(bench_, file_.results()), planned()));
    write_whole(options_.out + "/results.csv", csv_of(file_.results()));
    for (const std::string& sentence : verdict(setup(), file_.results()).sentences)
      fmt::print("{}\n", sentence);
    fmt::print("\nThe report is {0}/report.html, all runs are {0}/results.csv.\n", options_.out);
  }

 private:
  const Setup& setup() const { return bench_.setup(); }

  std::vector<Trial> trials(const std::string& stage) const {
    return stage == "recurrent" ? recurrent_trials(recurrent_) : trials_of(stage, setup(), file_.results());
  }

  /// How many runs the study has as far as it is known: a policy that failed in the grid goes no further.
  long planned() const {
    const bool known = missing("grid").empty();
    std::size_t runs = 0;
    for (const std::string& stage : setup().stages)
      runs += (known || stage == "recurrent" ? trials(stage) : planned_trials(stage, setup())).size();
    return static_cast<long>(runs);
  }

  /// The runs of a stage that the file lacks.
  std::vector<Trial> missing(const std::string& stage) const {
    std::vector<Trial> todo = trials(stage);
    std::erase_if(todo, [&](const Trial& trial) { return file_.contains(trial); });
    return todo;
  }

  /// Takes what an earlier stage has trained from there: nothing equal is trained twice.
  void take_known(std::vector<Trial>& todo, Progress& progress) {
    for (const Trial& trial : todo) {
      const Trial alike = first_alike(setup(), trial);
      const auto known = std::ranges::find(file_.results(), alike, &Result::trial);
      if (alike == trial || known == file_.results().end()) continue;
      Result same = *known;
      same.trial = trial;
      file_.add(same);
      progress.taken(trial.stage);
    }
    std::erase_if(todo, [&](const Trial& trial) { return file_.contains(trial); });
  }

  void run_stage(const std::string& stage, Progress& progress) {
    const auto run = [&](const Trial& trial) { return run_trial(bench_, grid_, recurrent_, trial); };
    std::vector<Trial> todo = missing(stage);
    progress.expect(planned());
    take_known(todo, progress);
    // What others at the same time take would be measured too.
    const int jobs = stage == "cost" ? 1 : static_cast<int>(options_.jobs);
    if (stage == "final") {  // whose other runs compare their filters with the unconstrained ones
      std::vector<Trial> first;
      std::ranges::copy_if(todo, std::back_inserter(first),
                           [](const Trial& trial) { return trial.policy == free_name; });
      std::erase_if(todo, [](const Trial& trial) { return trial.policy == free_name; });
      run_all(first, jobs, run, file_, progress);
    }
    if (!stop_requested()) run_all(todo, jobs, run, file_, progress);
  }

  Options options_;
  Grid grid_;
  RecurrentOptions recurrent_;
  ResultsFile file_;
  Bench bench_;
};

/// Of the grid what the options are checked against.
std::vector<PolicyName> names_of(const Grid& grid) {
  std::vector<PolicyName> names;
  for (const Entry& entry : grid) names.push_back({entry.name, entry.strength_name, entry.strengths});
  return names;
}

int run_with(const Options& options, const Grid& grid) {
  if (options.hidden.empty())
    throw InputError(
        "--arch: expected the neurons of at least one hidden layer, such as 128 or 100,50; found none");
  refuse_foreign_files(options.out);
  esp::set_threads(1);            // runs share the cores
  if (!options.chorales.empty())  // what is wrong with them is said before hours of other runs
    for (const long steps : RecurrentOptions{}.lengths) chorale_task(options.chorales, steps, 1);
  Task task = load_task(options.data, options.reading);
  for (const std::string& note : task.notes) fmt::print(stderr, "note: {}\n", note);
  Setup setup = setup_of(options, task, grid);
  keep_to_budget(setup, task, options, [&grid](const Bench& bench, const Trial& trial) {
    return run_trial(bench, grid, {}, trial);
  });
  Study study(options, grid, setup, std::move(task));
  study.run();
  study.write();
  return stop_requested() ? 130 : 0;
}

}  // namespace

int run(int argc, char** argv, const Grid& grid, const Options& defaults) try {
  const Options options = parse(argc, argv, names_of(grid), defaults);
  try {
    return run_with(options, grid);
  } catch (const InputError& error) {
    throw InputError(with_file(options, error.what()));
  }
} catch (const std::exception& error) {
  return exit_code(error);
}

}  // namespace study
