// SPDX-License-Identifier: MIT
// A run that survives: it is interrupted, taken up again from its checkpoint, and ends with the bits of the
// run that nothing interrupted. With --file, kill it whenever you like and start it again.
#include <fmt/core.h>

#include <espalier/data.hpp>
#include <espalier/espalier.hpp>
#include <espalier/io.hpp>
#include <stdexcept>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage = R"(14_resume: trains a net on digits for 30 epochs, with a checkpoint after each
  --file PATH  the checkpoint, which stays there; otherwise a temporary file, and a run that is interrupted
)";

/// Stands for whatever ends a program before its time.
struct Interruption {
  long after;  ///< epochs; 0: none

  void batch(const auto&, const esp::BatchReport& report) const {
    if (after > 0 && report.epoch > after) throw std::runtime_error("interrupted");
  }
};

/// The whole program: the same for the first start and for all others.
auto train(const esp::Dataset& data, const std::filesystem::path& path, long interruption) {
  esp::Sequential net{esp::Dense(64, 32, esp::MaxNorm{.radius = 1}), esp::ReLU{},
                      esp::Dropout{.probability = 0.1}, esp::Dense(32, 10)};
  initialize(net, {.seed = 42});
  esp::Optimizer optimizer{esp::Adam{.learning_rate = 2e-3}};
  esp::EarlyStopping stopping{.patience = 10};
  esp::TrainState state;
  if (const esp::Resumed resumed = resume(path, net, optimizer, state, stopping))
    fmt::print("goes on after epoch {}\n", state.epoch());
  const esp::FitOptions options{
      .epochs = 30, .batch = 32, .validation = 0.2, .schedule = esp::CosineDecay{}, .state = &state};
  fit(net, data, esp::CrossEntropy{}, optimizer, options, stopping, esp::Checkpoint{path},
      Interruption{interruption});
  return net;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const auto data = esp::read_csv("examples/data/digits.csv", {.label = "last"});
  if (arguments.has("--file")) {
    fmt::print("accuracy {:.3f}\n", accuracy(train(data, arguments.text("--file", ""), 0), data));
    return 0;
  }
  const auto path = std::filesystem::temp_directory_path() / "espalier_digits.run";
  const auto remove = [&] {
    for (const char* const end : {"", ".1"}) std::filesystem::remove(path.string() + end);
  };
  remove();
  const auto straight = train(data, path, 0);
  remove();
  try {
    train(data, path, 12);
  } catch (const std::runtime_error& error) {
    fmt::print("{}\n", error.what());
  }
  const auto resumed = train(data, path, 0);
  fmt::print("accuracy {:.3f}; the same bits as without the interruption: {}\n", accuracy(resumed, data),
             resumed == straight);
  remove();
} catch (const std::exception& error) {
  return failed(error);
}
