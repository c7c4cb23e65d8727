// SPDX-License-Identifier: MIT
// MNIST, 784-256-10: at most 2 % test error in under ten epochs, with sparse and bounded input weights.
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>

#include "arguments.hpp"
#include "mnist.hpp"

namespace esp = espalier;

constexpr auto usage = R"(03_mnist: trains a 784-256-10 network on the MNIST digits
  --data DIR  the four IDX files, gzip or not: train-images-idx3-ubyte, ... (without it there is nothing to do)
  --epochs N  passes over the 60,000 training images (default 8)
  --seed N    of the initial weights and the shuffling (default 42)
)";

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  if (!arguments.has("--data")) {
    fmt::print("{}", usage);
    return 0;
  }
  const auto [train, test] = Mnist(arguments.text("--data", ""));
  const auto seed = static_cast<std::uint64_t>(arguments.number("--seed", 42, 0));

  esp::Sequential net{esp::Dense(784, 256, esp::L1{1e-5}, esp::MaxNorm{.radius = 2}), esp::ReLU{},
                      esp::Dropout{0.2}, esp::Dense(256, 10)};
  initialize(net, esp::Rng{seed});
  esp::Optimizer optimizer{esp::Adam{.learning_rate = 2e-3}};
  fit(net, train, esp::CrossEntropy{}, optimizer,
      {.epochs = arguments.number("--epochs", 8),
       .batch = 64,
       .validation_data = &test,
       .seed = seed,
       .schedule = esp::CosineDecay{}},
      esp::ProgressBar{});
  fmt::print("test error {:.2f} %\n{}", 100 * (1 - accuracy(net, test)), audit(net));
} catch (const std::exception& error) {
  return failed(error);
}
