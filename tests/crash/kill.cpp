// SPDX-License-Identifier: MIT
// A run is killed at random moments, while it computes and while it writes, and taken up again.
#if __has_include(<sys/wait.h>)
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/io/checkpoint.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/train/early_stopping.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;
namespace fs = std::filesystem;

namespace {

// A small net and short epochs: most of the time goes into files and kills, not into training.
constexpr long epochs = 8;

auto some_net() {
  return Sequential(Dense(2, 8, MaxNorm{.radius = 1}), ReLU{}, Dropout{.probability = 0.2}, Dense(8, 2));
}
using Net = decltype(some_net());

/// The whole program, which does not know whether it is started for the first time. Tells where it began.
Net train(const fs::path& path, Resumed* found = nullptr, long* begun = nullptr) {
  static const Dataset data = two_halves(60);
  Net net = some_net();
  initialize(net, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 1e-2}};
  EarlyStopping stopping{.patience = 100};
  TrainState state;
  const Resumed resumed = resume(path, net, optimizer, state, stopping);
  if (found) *found = resumed;
  if (begun) *begun = state.epoch();
  fit(net, data, CrossEntropy{}, optimizer, {.epochs = epochs, .batch = 20, .state = &state}, stopping,
      Checkpoint(path));
  return net;
}

}  // namespace

TEST_CASE(
    "Killed at 200 random moments, a run always goes on from a whole file and ends with the same bits") {
  set_threads(1);  // what is forked has no others
  const fs::path folder = fs::temp_directory_path() / ("espalier_kill_" + std::to_string(getpid()));
  fs::create_directories(folder);
  const fs::path path = folder / "run";
  const auto start = std::chrono::steady_clock::now();
  const Net straight = train(path);
  const auto whole =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  Rng rng(1);
  long in_the_middle = 0;
  for (int k = 0; k < 200; ++k) {
    CAPTURE(k);
    fs::remove_all(folder);
    fs::create_directories(folder);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      train(path);
      _exit(0);
    }
    usleep(static_cast<useconds_t>(rng.uniform() * static_cast<double>(whole.count())));
    kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    Resumed found;
    long begun = 0;
    CHECK(train(path, &found, &begun) == straight);
    CHECK(found.refused.empty());
    in_the_middle += begun > 0 && begun < epochs;
  }
  fs::remove_all(folder);
  CHECK(in_the_middle > 50);  // else this has shown little
}
#endif
