// SPDX-License-Identifier: MIT
// The next chord of the JSB chorales by the recurrent networks of the study, under constraints on the
// recurrent weight: what they cost where each has its own learning rate.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "../arguments.hpp"
#include "../study/recurrent.hpp"
#include "summary.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(chorales: cross-entropy of the next chord, in nats of a time step, on the JSB chorales
  --data FOLDER    JSB_Chorales_traindata.txt.gz, ...validdata.txt.gz and ...testdata.txt.gz
  --seeds N        networks of each row at its rate (default 10)
  --choose N       of these, the first choose the rate (default 2)
  --steps N        of training, of 32 sequences each (default 1000)
  --length N       time steps of a sequence (default 60)
  --hidden N       units (default 100)
  --jobs N         networks at the same time (default 1)
  --quick          small networks on made-up pieces, without files
)";

struct Plan {
  long hidden = 100, steps = 1000, batch = 32;
};

/// The study's policies, and a network that only begins where SpectralBall does.
const std::string begins_in_ball = "begins in the ball";
std::vector<study::RecurrentPolicy> rows() {
  std::vector<study::RecurrentPolicy> all = study::recurrent_policies();
  all.insert(all.begin() + 1, {begins_in_ball, 1});
  return all;
}

/// Between rates that are too small for the steps and those that are too large.
const std::vector<double> rates{0.003, 0.01, 0.03, 0.1, 0.3, 1};

/// One network.
struct Run {
  study::RecurrentPolicy row;
  double rate;
  long seed;
  /// Losses in nats of a time step; infinite where training diverged. The ratio is that of the gradients by
  /// the inputs of the first and of the last time step, for the loss of the last.
  double validation = HUGE_VAL, test = HUGE_VAL, ratio = 0;

  bool diverged() const { return !std::isfinite(validation); }
};

/// A loss of the study is a mean over keys and time steps.
double nats(const study::RecurrentNet& net, const study::Sequences& data) {
  esp::Matrix<float> unused;
  return static_cast<double>(study::keys) * sequence_loss(data, predict(net, data.inputs), unused);
}

/// Stops where the loss is not finite any more.
template <class Optimizer>
void train(study::RecurrentNet& net, const study::SequenceTask& task, const Plan& plan, long seed,
           Optimizer optimizer) {
  esp::Rng batches(static_cast<std::uint64_t>(seed), 1);
  esp::Matrix<float> gradient;
  for (long step = 0; step < plan.steps; ++step) {
    const study::Sequences batch = task.draw(batches);
    const double loss = sequence_loss(batch, net.forward(batch.inputs), gradient);
    esp::expect<esp::NotFiniteError>(std::isfinite(loss), "training", "a finite loss", loss);
    gradient *= static_cast<float>(batch.outputs());  // descent is on nats of a time step
    net.backward(batch.inputs, gradient);
    optimizer.step(net);
  }
}

void run(Run& run, const study::SequenceTask& task, const Plan& plan) {
  study::RecurrentNet net = recurrent_net(task.test, plan.hidden, run.seed);
  const bool begins = run.row.name == begins_in_ball;
  constrain(net, {"", begins ? "SpectralBall" : run.row.name, run.row.strength});
  if (begins) set_policies(net, "0.weight_hh");
  const esp::SGD rule{.learning_rate = run.rate, .momentum = study::recurrent_momentum};
  try {
    if (run.row.name == study::clipped_gradients)
      train(net, task, plan, run.seed, esp::Optimizer{rule, esp::ClipNorm{run.row.strength}});
    else
      train(net, task, plan, run.seed, esp::Optimizer{rule});
  } catch (const esp::NotFiniteError&) {
    return;
  }
  const std::vector<double> norms = gradient_by_step(net, study::last_step_of(task.test, 200));
  run.ratio = norms.front() / norms.back();
  run.test = nats(net, task.test), run.validation = nats(net, task.validation);
}

/// All of them, by so many threads.
void run_all(std::vector<Run>& runs, const study::SequenceTask& task, const Plan& plan, long jobs) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&]() noexcept {
    try {
      for (std::size_t k; (k = next++) < runs.size();) {
        run(runs[k], task, plan);
        const std::lock_guard lock(mutex);
        fmt::print(stderr, "  {}, rate {}, seed {}: validation {:.3f}\n", runs[k].row.name, runs[k].rate,
                   runs[k].seed, runs[k].validation);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception(), next = runs.size();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (long k = 0; k < jobs; ++k) threads.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
}

/// Runs of a row at a rate, by seed.
using Cell = std::vector<Run>;

long diverged(const Cell& cell) {
  return std::count_if(cell.begin(), cell.end(), [](const Run& run) { return run.diverged(); });
}
/// Mean of the runs that did not diverge; infinite without any.
double mean(const Cell& cell, double Run::*loss) {
  std::vector<double> all;
  for (const Run& run : cell)
    if (!run.diverged()) all.push_back(run.*loss);
  return all.empty() ? HUGE_VAL : Summary(all).mean;
}
std::string ratios(const Cell& cell) {
  double least = HUGE_VAL, largest = 0;
  for (const Run& run : cell)
    if (!run.diverged()) least = std::min(least, run.ratio), largest = std::max(largest, run.ratio);
  return least <= largest ? fmt::format("{:.0e} to {:.0e}", least, largest) : "";
}
/// Of the seeds where neither diverged.
std::string above(const Cell& cell, const Cell& other) {
  std::vector<double> pairs;
  for (std::size_t k = 0; k < cell.size(); ++k)
    if (!cell[k].diverged() && !other[k].diverged()) pairs.push_back(cell[k].test - other[k].test);
  return pairs.empty() ? "" : Summary(pairs).difference();
}

/// The rate with the fewest runs that diverge; of these with the least validation loss.
double best_rate(const std::vector<Cell>& cells) {
  const auto rank = [](const Cell& cell) { return std::pair(diverged(cell), mean(cell, &Run::validation)); };
  return std::min_element(cells.begin(), cells.end(),
                          [&](const Cell& a, const Cell& b) { return rank(a) < rank(b); })
      ->front()
      .rate;
}

/// The first seeds at all rates, then all seeds at the best one. Returns those.
std::vector<Cell> run_rows(const study::SequenceTask& task, const Plan& plan, long seeds, long choose,
                           long jobs) {
  std::vector<Run> first, rest;
  for (const auto& row : rows())
    for (const double rate : rates)
      for (long seed = 1; seed <= choose; ++seed) first.push_back({row, rate, seed});
  run_all(first, task, plan, jobs);

  std::vector<Cell> chosen;
  fmt::print("{:<20}{:>6}{:>12}{:>14}\n", "first seeds", "rate", "validation", "diverged");
  for (auto run = first.begin(); run != first.end();) {
    std::vector<Cell> cells;
    for (std::size_t k = 0; k < rates.size(); ++k, run += choose) {
      const Cell& cell = cells.emplace_back(run, run + choose);
      fmt::print("{:<20}{:>6}{:>12.3f}{:>14}\n", run->row.name, run->rate, mean(cell, &Run::validation),
                 fmt::format("{} of {}", diverged(cell), choose));
    }
    const double rate = best_rate(cells);
    for (const Cell& cell : cells)
      if (cell.front().rate == rate) chosen.push_back(cell);
    for (long seed = choose + 1; seed <= seeds; ++seed)
      rest.push_back({chosen.back().front().row, rate, seed});
  }
  run_all(rest, task, plan, jobs);
  for (const Run& run : rest)
    std::find_if(chosen.begin(), chosen.end(), [&](const Cell& cell) {
      return cell.front().row.name == run.row.name;
    })->push_back(run);
  return chosen;
}

void print(const std::vector<Cell>& cells) {
  fmt::print("\n{:<20}{:>6}{:>12}{:>8}{:>22}{:>11}{:>18}\n", "at the best rate", "rate", "diverged", "test",
             "above unconstrained", "published", "ratio");
  for (const Cell& cell : cells)
    fmt::print("{:<20}{:>6}{:>12}{:>8.3f}{:>22}{:>11}{:>18}\n", cell.front().row.name, cell.front().rate,
               fmt::format("{} of {}", diverged(cell), cell.size()), mean(cell, &Run::test),
               above(cell, cells.front()), 8.91, ratios(cell));
  fmt::print(
      "ratio: gradients by the inputs of the first and of the last time step, for the last loss; least "
      "and largest\n");
}

/// Pieces whose keys go up by one in each time step. Gone with the object.
struct MadeUp {
  std::string folder =
      (std::filesystem::temp_directory_path() / fmt::format("espalier_chorales_{}", std::random_device{}()))
          .string();

  MadeUp() {
    std::filesystem::create_directories(folder);
    for (const char* part : {"train", "valid", "test"}) {
      std::ofstream file(fmt::format("{}/JSB_Chorales_{}data.txt", folder, part));
      for (int piece = 0; piece < 4; ++piece)
        for (int step = 0; step < 13; ++step)
          file << 10 * piece + step << ',' << 20 + step << (step < 12 ? ";" : "\n");
    }
  }
  MadeUp(const MadeUp&) = delete;
  MadeUp& operator=(const MadeUp&) = delete;
  ~MadeUp() { std::filesystem::remove_all(folder); }
};

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const bool quick = arguments.has("--quick");
  if (!quick && !arguments.has("--data")) {
    fmt::print("{}", usage);
    return 0;
  }
  const std::optional<MadeUp> made_up = quick ? std::optional<MadeUp>(std::in_place) : std::nullopt;
  const study::SequenceTask task =
      study::chorale_task(quick ? made_up->folder : arguments.text("--data", ""),
                          arguments.number("--length", quick ? 6 : 60), Plan{}.batch);
  const Plan plan{.hidden = arguments.number("--hidden", quick ? 8 : 100),
                  .steps = arguments.number("--steps", quick ? 20 : 1000)};
  const long seeds = arguments.number("--seeds", quick ? 3 : 10);
  print(run_rows(task, plan, seeds, std::min(seeds, arguments.number("--choose", quick ? 1 : 2)),
                 arguments.number("--jobs", 1)));
} catch (const std::exception& error) {
  return failed(error);
}
