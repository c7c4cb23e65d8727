// SPDX-License-Identifier: MIT
// Nets that are monotone in named inputs, by sets and by layers, on the two small tables of the papers about
// them: COMPAS (will a person be convicted again?) and Auto MPG (how far does a car go on a gallon?).
#include <espalier/data.hpp>
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "../arguments.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(monotone_tables: nets that are monotone in named inputs, on COMPAS and Auto MPG
  --data DIR   compas_train.csv, compas_test.csv, auto_mpg_train_standardised.csv, auto_mpg_test_standardised.csv
  --seeds N    how many: 1, 2, ... (default 10)
  --seed N     the first (default 1)
  --quick      a few epochs on tables that the program makes up
)";

/// A table with the signs of its inputs, and how to train on it.
struct Task {
  const char* name;
  esp::Dataset train, test;
  esp::Monotone signs;
  esp::Index width;
  double learning_rate;
  long epochs;
  esp::Index test_batch;  ///< of the published programs, which leave out what does not fill the last one
  double unit = 1;        ///< of the targets, which are divided by their standard deviation

  bool regression() const { return train.labels.empty(); }
};

/// What one run gave: accuracy, or mean square of the error, of the test part,
struct Run {
  double chosen;     ///< at the epoch that a validation part chose
  double best;       ///< at the epoch that is the best for it
  double published;  ///< the same, of other samples after each epoch: those of whole batches after shuffling
  bool proved;
  long pairs, falls;
};

template <class Net>
double score(const Net& net, const esp::Dataset& data, double unit) {
  if (!data.labels.empty()) return accuracy(net, data);
  return unit * unit * evaluate(net, data, esp::MeanSquared{});
}

/// After each epoch, the loss of the validation data, if there are any, and the scores on the test part.
struct Watch {
  const Task& task;
  std::vector<double> losses{}, scores{}, scores_of_batches{};
  esp::Rng rng{7};

  void epoch(const auto& net, const esp::EpochReport& report) {
    losses.push_back(report.validation_loss);
    scores.push_back(score(net, task.test, task.unit));
    std::vector<esp::Index> order(static_cast<std::size_t>(task.test.samples()));
    std::iota(order.begin(), order.end(), 0);
    rng.shuffle(order);
    order.resize(order.size() - order.size() % static_cast<std::size_t>(task.test_batch));
    scores_of_batches.push_back(score(net, task.test.subset(order), task.unit));
  }
};

/// The largest accuracy or the least error.
double best_of(const Task& task, const std::vector<double>& scores) {
  const auto [least, most] = std::minmax_element(scores.begin(), scores.end());
  return task.regression() ? *least : *most;
}

template <class Net>
void train(Net& net, const Task& task, const esp::FitOptions& options, Watch& observer) {
  const esp::Adam adam{.learning_rate = task.learning_rate};
  if (task.regression())
    fit(net, task.train, esp::MeanSquared{}, adam, options, observer);
  else
    fit(net, task.train, esp::BinaryCrossEntropy{}, adam, options, observer);
}

/// Every sample of the test part with the named inputs of every other one that are on their upper side in
/// each: how often does the output fall?
template <class Net>
void try_all_pairs(const Net& net, const Task& task, Run& run) {
  const auto& x = task.test.inputs;
  const auto above = [&](esp::Index i, esp::Index j) {
    for (esp::Index k = 0; k < x.rows(); ++k)
      if (const int sign = task.signs.signs[static_cast<std::size_t>(k)];
          static_cast<float>(sign) * (x(k, j) - x(k, i)) < 0)
        return false;
    return true;
  };
  run.pairs = run.falls = 0;
  for (esp::Index i = 0; i < x.cols(); ++i) {
    esp::Matrix<float> moved = x.col(i).replicate(1, x.cols() + 1);  // the last is the sample as it is
    esp::Index count = 0;
    for (esp::Index j = 0; j < x.cols(); ++j) {
      if (j == i || !above(i, j)) continue;
      for (esp::Index k = 0; k < x.rows(); ++k)
        if (task.signs.signs[static_cast<std::size_t>(k)] != 0) moved(k, count) = x(k, j);
      ++count;
    }
    moved.col(count) = x.col(i);
    const esp::Matrix<float> y = net.predict(moved.leftCols(count + 1));
    run.pairs += count;
    run.falls += (y.leftCols(count).array() < y(0, count)).count();
  }
}

/// `make()` is a net that is not trained yet. A fifth of the training part chooses the epoch; then a net is
/// trained on all of it, and the test part is looked at.
Run measure(const Task& task, std::uint64_t seed, auto&& make) {
  auto net = make();
  esp::FitOptions options{.epochs = task.epochs, .batch = 8, .validation = 0.2, .seed = seed};
  initialize(net, {.seed = seed}, esp::PyTorchLinear{});
  Watch choice{task};
  train(net, task, options, choice);
  const auto epoch = std::min_element(choice.losses.begin(), choice.losses.end()) - choice.losses.begin();

  options.validation = 0;
  initialize(net, {.seed = seed}, esp::PyTorchLinear{});
  Watch watch{task};
  train(net, task, options, watch);
  Run run{watch.scores[static_cast<std::size_t>(epoch)],
          best_of(task, watch.scores),
          best_of(task, watch.scores_of_batches),
          input_signs(net).prove(task.signs),
          0,
          0};
  try_all_pairs(net, task, run);
  return run;
}

/// "0.6912 +- 0.0034": the mean and the standard deviation over the runs.
std::string spread(const std::vector<Run>& runs, double Run::*figure, int digits) {
  const double n = static_cast<double>(runs.size());
  double mean = 0, square = 0;
  for (const Run& run : runs) mean += run.*figure / n;
  for (const Run& run : runs) square += (run.*figure - mean) * (run.*figure - mean);
  return fmt::format("{:.{}f} +- {:.{}f}", mean, digits, n > 1 ? std::sqrt(square / (n - 1)) : 0.0, digits);
}

/// Prints a row. False where a net that is made to be monotone is not proved to be, or falls.
bool report(const Task& task, const char* name, bool monotone, std::uint64_t first, long seeds, auto&& make) {
  std::vector<Run> runs;
  long proved = 0, pairs = 0, falls = 0;
  for (long k = 0; k < seeds; ++k) {
    runs.push_back(measure(task, first + static_cast<std::uint64_t>(k), make));
    proved += runs.back().proved, pairs += runs.back().pairs, falls += runs.back().falls;
  }
  const int digits = task.regression() ? 2 : 4;
  fmt::print("{:<10}{:<27}{:>18}{:>18}{:>18}{:>10}{:>10}{:>7}\n", task.name, name,
             spread(runs, &Run::chosen, digits), spread(runs, &Run::best, digits),
             spread(runs, &Run::published, digits), fmt::format("{} of {}", proved, seeds), pairs, falls);
  std::fflush(stdout);
  return !monotone || (proved == seeds && falls == 0);
}

/// Numbers that are 1 for the inputs with a sign, or for those without.
esp::Mask mask_of(const esp::Monotone& signs, bool named) {
  std::vector<double> mask;
  for (const int sign : signs.signs) mask.push_back((sign != 0) == named ? 1 : 0);
  return esp::Mask(esp::Pattern(mask));
}

bool compare(const Task& task, std::uint64_t first, long seeds) {
  const esp::Index n = task.train.features(), w = task.width;
  const auto plain = [&] {
    return esp::Sequential{esp::Dense(n, w), esp::Tanh{}, esp::Dense(w, w), esp::Tanh{}, esp::Dense(w, 1)};
  };
  // The sets of all weights are chosen by the signs.
  const auto sets = [&] {
    auto net = plain();
    constrain(net, task.signs);
    return net;
  };
  // Behind a first layer with the signs, layers that are monotone whatever their weights are.
  const auto switched = [&] {
    esp::Sequential net{esp::Dense(n, w), esp::MonotoneDense(w, w), esp::MonotoneDense(w, w),
                        esp::MonotoneDense(w, 1)};
    constrain(net, task.signs);
    return net;
  };
  // As published: inputs without a sign go through a free net first.
  const auto branches = [&] {
    return esp::Sequential{
        esp::Concat{
            esp::Chain{esp::Dense(n, w, mask_of(task.signs, false)), esp::ReLU{}, esp::Dense(w, w),
                       esp::ReLU{}, esp::Dense(w, w), esp::ReLU{}},
            esp::Dense(n, w, mask_of(task.signs, true), esp::SignPattern(esp::Pattern(task.signs.signs)))},
        esp::MonotoneDense(2 * w, w), esp::MonotoneDense(w, w), esp::MonotoneDense(w, w),
        esp::MonotoneDense(w, 1)};
  };
  bool holds = report(task, "free", false, first, seeds, plain);
  holds = report(task, "sets, tanh", true, first, seeds, sets) && holds;
  holds = report(task, "MonotoneDense", true, first, seeds, switched) && holds;
  return report(task, "free branch, MonotoneDense", true, first, seeds, branches) && holds;
}

/// Targets in units of their standard deviation, from their mean.
void scale_targets(Task& task) {
  const double n = static_cast<double>(task.train.samples()),
               mean = task.train.targets.cast<double>().sum() / n;
  task.unit = std::sqrt((task.train.targets.cast<double>().array() - mean).square().sum() / n);
  for (esp::Dataset* data : {&task.train, &task.test})
    data->targets = ((data->targets.cast<double>().array() - mean) / task.unit).cast<float>();
}

/// A table whose target rises with input 0 and falls with input 2, but for noise.
esp::Dataset made_up(esp::Index samples, bool regression, esp::Rng rng) {
  esp::Dataset data{
      esp::Matrix<float>::NullaryExpr(3, samples, [&] { return static_cast<float>(rng.normal()); })};
  esp::Matrix<float> y =
      data.inputs.row(0).array().tanh() + data.inputs.row(1).array().sin() - data.inputs.row(2).array();
  for (esp::Index i = 0; i < samples; ++i) y(i) += static_cast<float>(0.3 * rng.normal());
  if (regression)
    data.targets = y;
  else
    for (esp::Index i = 0; i < samples; ++i) data.labels.push_back(y(i) > 0);
  return data;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const bool quick = arguments.has("--quick");
  const long seeds = quick ? 1 : arguments.number("--seeds", 10);
  const auto first = static_cast<std::uint64_t>(arguments.number("--seed", 1));
  if (!quick && !arguments.has("--data")) {
    fmt::print("{}", usage);
    return 0;
  }
  std::vector<Task> tasks;
  if (quick) {
    const esp::Monotone signs{+1, 0, -1};
    tasks.push_back({"yes or no", made_up(80, false, esp::Rng(1)), made_up(20, false, esp::Rng(2)), signs, 4,
                     1e-2, 2, 8});
    tasks.push_back(
        {"numbers", made_up(80, true, esp::Rng(1)), made_up(20, true, esp::Rng(2)), signs, 4, 1e-2, 2, 8});
  } else {
    const std::filesystem::path folder = arguments.text("--data", "");
    const esp::Dataset compas = esp::read_csv(folder / "compas_train.csv", {.label = "two_year_recid"});
    const esp::Dataset mpg =
        esp::read_csv(folder / "auto_mpg_train_standardised.csv", {.target = {"ground_truth"}});
    tasks.push_back({"COMPAS", compas, esp::read_csv(folder / "compas_test.csv", *compas.preparation),
                     esp::Monotone{1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 32, 1e-4, 50, 128});
    tasks.push_back({"Auto MPG", mpg,
                     esp::read_csv(folder / "auto_mpg_test_standardised.csv", *mpg.preparation),
                     esp::Monotone{0, -1, -1, -1, 0, 0, 0}, 16, 1e-3, 100, 8});
  }
  if (tasks.back().regression()) scale_targets(tasks.back());
  fmt::print("{:<10}{:<27}{:>18}{:>18}{:>18}{:>10}{:>10}{:>7}\n", "", "net", "chosen epoch", "best on test",
             "as published", "proved", "pairs", "falls");
  bool holds = true;
  for (const Task& task : tasks) holds = compare(task, first, seeds) && holds;
  if (!holds) fmt::print("a net that is made to be monotone is not\n");
  return holds ? 0 : 1;
} catch (const std::exception& error) {
  return failed(error);
}
