// SPDX-License-Identifier: MIT
#include "espalier/io/checkpoint.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/average.hpp"
#include "espalier/train/early_stopping.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;
namespace fs = std::filesystem;

namespace {

/// A folder of a test's own.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("espalier_checkpoint_" + std::to_string(std::rand()));

  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

auto some_net() {
  return Sequential(Dense(2, 8, L1{1e-3}, L2ToStart{1e-3}), BatchNorm(8), ReLU{}, Dropout{.probability = 0.3},
                    Dense(8, 8), Tanh{}, Dense(8, 2));
}
using Net = decltype(some_net());

/// Ends a run after an epoch as a crash does.
struct Crash {
  long after;

  void epoch(const auto&, const EpochReport&) const {}
  void save(const auto&, const auto&, const TrainState& state, const auto&) const {
    if (state.epoch() == after) throw std::runtime_error("killed");
  }
};

/// A program that trains, or goes on with what an earlier start of it has left.
template <class MakeOptimizer>
struct Program {
  MakeOptimizer make;
  fs::path path;
  FitOptions options{.epochs = 12, .batch = 16, .seed = 3};
  CheckpointOptions checkpoint{};

  Net net = some_net();
  decltype(make()) optimizer = make();
  TrainState state{};
  EarlyStopping stopping{.patience = 100};
  ExponentialAverage average{.decay = 0.9};
  Resumed resumed{};

  History run(long crash = -1) {
    initialize(net, {.seed = 1});
    freeze(net, "6.bias");
    resumed = resume(path, net, optimizer, state, stopping, average);
    options.state = &state;
    return fit(net, two_halves(100), CrossEntropy{}, optimizer, options, stopping, average,
               Checkpoint(path, checkpoint), Crash{crash});
  }
};
template <class MakeOptimizer>
Program(MakeOptimizer, fs::path) -> Program<MakeOptimizer>;

template <class Make>
void crash_and_resume(const Make& make, const FitOptions& options) {
  const Folder folder;
  Program straight{make, folder.path / "straight"};
  straight.options = options;
  const History whole = straight.run();
  CHECK_FALSE(straight.resumed);
  for (const long crash : {1, 7}) {
    CAPTURE(crash);
    Program first{make, folder.path / "run"};
    first.options = options;
    CHECK_THROWS(first.run(crash));
    Program second{make, folder.path / "run"};
    second.options = options;
    const History rest = second.run();
    CHECK(second.resumed.file == folder.path / "run");
    CHECK(second.net == straight.net);
    CHECK(second.net.draws() == straight.net.draws());
    CHECK(second.optimizer.state(second.net) == straight.optimizer.state(straight.net));
    CHECK(second.average.state.averages == straight.average.state.averages);
    CHECK(second.stopping.best_epoch() == straight.stopping.best_epoch());
    CHECK(second.net.parameters().at("0.weight").activity ==
          straight.net.parameters().at("0.weight").activity);
    REQUIRE(rest.size() == whole.size());
    for (std::size_t k = 0; k < whole.size(); ++k) CHECK(rest[k].loss == whole[k].loss);
    fs::remove(folder.path / "run");
    fs::remove(folder.path / "run.1");
  }
}

/// The bytes of a file.
std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

auto adam() { return Optimizer{Adam{.learning_rate = 1e-2}, ClipNorm{1}, MaxNorm{.radius = 1}}; }

}  // namespace

TEST_CASE("A run that crashed is taken up where its last file left it, and ends with the same bits") {
  crash_and_resume(adam, {.epochs = 12, .batch = 16, .seed = 3});
  crash_and_resume([] { return Optimizer{SGD{.learning_rate = 0.1, .momentum = 0.9}}; },
                   {.epochs = 12,
                    .batch = 16,
                    .validation = 0.2,
                    .seed = 5,
                    .schedule = WarmUp{5, OnPlateau{.factor = 0.5, .patience = 0}},
                    .threads = 2});
}

TEST_CASE("A run that early stopping has ended stays ended, with the best weights") {
  const Folder folder;
  const auto start = [&](long crash) {
    Program program{adam, folder.path / "run"};
    program.options.epochs = 200;
    program.stopping.patience = 2;
    program.checkpoint.every = 1000;  // the end is written all the same
    if (crash < 0)
      program.run();
    else
      CHECK_THROWS(program.run(crash));
    return std::tuple(program.net, program.state.epoch(), program.state.ended, !program.resumed.file.empty());
  };
  const auto [net, epochs, ended, resumed] = start(-1);
  CHECK(ended);
  CHECK(epochs < 200);
  fs::remove(folder.path / "run");
  fs::remove(folder.path / "run.1");
  start(epochs);  // after the last file, before the best weights are back
  const auto [again, as_many, still, was_resumed] = start(-1);
  CHECK_FALSE(resumed);
  CHECK(was_resumed);
  CHECK(again == net);
  CHECK(as_many == epochs);
}

TEST_CASE("The last files are kept, a damaged one is refused, and the one before it is taken") {
  const Folder folder;
  const fs::path path = folder.path / "run";
  Program first{adam, path};
  first.checkpoint = {.every = 2, .keep = 3};
  first.options.epochs = 9;
  first.run();
  CHECK(fs::exists(folder.path / "run.2"));
  CHECK_FALSE(fs::exists(folder.path / "run.3"));
  CHECK_FALSE(fs::exists(folder.path / "run.lock"));
  const std::string whole = bytes_of(path);
  std::string flipped = whole;
  flipped[whole.size() - 100] ^= 1;
  for (const std::string& bytes :
       {whole.substr(0, whole.size() / 2), std::string(), flipped, std::string("PK")}) {
    write(path, bytes);
    Program second{adam, path};
    second.options.epochs = 9;
    initialize(second.net, {.seed = 1});
    second.resumed =
        resume(path, second.net, second.optimizer, second.state, second.stopping, second.average);
    CHECK(second.resumed.file == folder.path / "run.1");
    CHECK(second.resumed.refused.size() == 1);
    CHECK(second.state.epoch() == 8);
  }
  write(path, whole);
  Program third{adam, path};
  initialize(third.net, {.seed = 1});
  resume(path, third.net, third.optimizer, third.state, third.stopping, third.average);
  CHECK(third.state.epoch() == 9);  // the last epoch, though it is odd
}

TEST_CASE("Damaged files alone, and files of other programs, are refused, and nothing changes") {
  const Folder folder;
  const fs::path path = folder.path / "run";
  Program first{adam, path};
  first.options.epochs = 1;
  first.run();
  const std::string whole = bytes_of(path);
  Program other{adam, path};
  initialize(other.net, {.seed = 1});
  const Net before = other.net;
  const auto refused = [&](auto& net, auto& optimizer) {
    return message_of([&] { resume(path, net, optimizer, other.state, other.stopping, other.average); });
  };
  for (const std::size_t length : {std::size_t{0}, std::size_t{7}, std::size_t{8}, whole.size() - 1}) {
    write(path, whole.substr(0, length));
    CHECK_FALSE(refused(other.net, other.optimizer).empty());
  }
  write(path, whole);
  Optimizer sgd{SGD{}, MaxNorm{.radius = 1}};
  const std::string expected = path.string() + ": expected the model and the rule of the run, found\n  ";
  CHECK(refused(other.net, sgd) == expected +
                                       "optimizer: SGD here, Adam in the file\n  "
                                       "transforms: nothing here, ClipNorm{limit = 1} in the file");
  Optimizer free{Adam{}};
  CHECK(refused(other.net, free) ==
        expected +
            "4.weight: 8 x 8 here, 8 x 8, MaxNorm in the file\n  "
            "6.weight: 2 x 8 here, 2 x 8, MaxNorm in the file\n  "
            "optimizer: Adam{learning_rate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-08, at_bound = "
            "keep} here, Adam{learning_rate = 0.01, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-08, at_bound = "
            "keep} in the file\n  "
            "transforms: nothing here, ClipNorm{limit = 1} in the file");
  auto linear = Sequential(Dense(2, 8, L1{1e-3}, L2ToStart{1e-3}), BatchNorm(8), GELU{},
                           Dropout{.probability = 0.3}, Dense(8, 8), Tanh{}, Dense(8, 2));
  initialize(linear, {.seed = 1});
  CHECK(refused(linear, other.optimizer) == expected + "layer 2: GELU here, ReLU in the file");
  CHECK(other.net == before);
  CHECK(other.state.epoch() == 0);
  CHECK(other.optimizer.steps() == 0);
}

TEST_CASE("Two runs do not write to one file, and options that make no sense are refused") {
  const Folder folder;
  const fs::path path = folder.path / "run";
  const detail::FileLock lock(path);
  Program program{adam, path};
  CHECK(message_of([&] { program.run(); }) ==
        path.string() +
            ": expected one run that writes to it, found another one that does, here or elsewhere");
  CHECK_FALSE(fs::exists(path));
  CHECK(message_of([&] { Checkpoint(path, {.every = 0}).validate(); }) ==
        "Checkpoint: expected every >= 1 epochs, found 0");
  CHECK(message_of([&] { Checkpoint(path, {.keep = 0}).validate(); }) ==
        "Checkpoint: expected keep >= 1 files, found 0");
}

TEST_CASE("A checkpoint of a fit without a state is refused: each start would begin the run anew") {
  const Folder folder;
  Net net = some_net();
  initialize(net, {.seed = 1});
  const Net before = net;
  Optimizer optimizer = adam();
  CHECK(message_of([&] {
          fit(net, two_halves(100), CrossEntropy{}, optimizer, {.epochs = 1},
              Checkpoint(folder.path / "run"));
        }) ==
        "fit: expected {.state = &state}, the state that resume fills, for the observer that writes a "
        "checkpoint, found none");
  CHECK(net == before);
  CHECK(fs::is_empty(folder.path));  // no lock either
}

TEST_CASE("A file that cannot be written stops the run, and the files before stay") {
  const Folder folder;
  Program program{adam, folder.path / "missing" / "run"};
  CHECK_THROWS_AS(program.run(), FileError);
}

TEST_CASE("A folder where a checkpoint is to be stays where it is, and the run does not begin") {
  for (const char* place : {"run", "run.1"}) {
    const Folder folder;
    fs::create_directories(folder.path / place / "mine");
    Program program{adam, folder.path / "run"};
    initialize(program.net, {.seed = 1});
    const Net before = program.net;
    CHECK(message_of([&] {
            fit(program.net, two_halves(100), CrossEntropy{}, program.optimizer, program.options,
                Checkpoint(program.path));
          }) ==
          (folder.path / place).string() + ": expected a file, or none, for a checkpoint, found a directory");
    CHECK(program.net == before);
    CHECK(fs::exists(folder.path / place / "mine"));
  }
}

TEST_CASE("A checkpoint behind a link is written, kept and found where the link leads") {
  const Folder folder;
  fs::create_directories(folder.path / "disk");
  fs::create_symlink("disk/file", folder.path / "run");
  Program first{adam, folder.path / "run"};
  CHECK_THROWS(first.run(3));
  CHECK(fs::is_symlink(folder.path / "run"));
  CHECK(fs::is_regular_file(folder.path / "disk" / "file.1"));
  Program second{adam, folder.path / "run"};
  second.options.epochs = 3;
  second.run();
  CHECK(second.resumed.file == folder.path / "disk" / "file");
  CHECK(second.state.epoch() == 3);
}

TEST_CASE("An observer that the run had is missed, and a schedule leaves no trace in the rate") {
  const Folder folder;
  const fs::path path = folder.path / "run";
  Program first{adam, path};
  first.options.epochs = 2;
  first.options.schedule = CosineDecay{};
  first.run();
  Program second{adam, path};
  initialize(second.net, {.seed = 1});
  CHECK(
      message_of([&] { resume(path, second.net, second.optimizer, second.state, second.stopping); }) ==
      path.string() +
          ": expected all observers of the run that keep something, in its order, found none for observer 2, "
          "ExponentialAverage, averages");
  CHECK(second.state.epoch() == 0);
  resume(path, second.net, second.optimizer, second.state, second.stopping, second.average);
  CHECK(second.optimizer.learning_rate() == 1e-2);
}
