// SPDX-License-Identifier: MIT
// A small convolutional network on MNIST: at least 99 % test accuracy in minutes, with the norms of all
// kernels bounded.
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>

#include "arguments.hpp"
#include "mnist.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(09_mnist_conv: trains a convolutional network on the MNIST digits: 16 and 32 kernels of 5 x 5, then 10 classes
  --data DIR  the four IDX files, gzip or not: train-images-idx3-ubyte, ... (without it there is nothing to do)
  --epochs N  passes over the 60,000 training images (default 6)
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

  // Layers tell what comes out of them: 24 x 24 x 16, 12 x 12 x 16, 8 x 8 x 32, 4 x 4 x 32.
  const esp::Conv2D edges(esp::Image{28, 28}, 16, esp::Kernel{5, 5}, esp::MaxNorm{.radius = 1});
  const esp::MaxPool2D half(edges.output_image());
  const esp::Conv2D shapes(half.output_image(), 32, esp::Kernel{5, 5}, esp::MaxNorm{.radius = 1.5});
  const esp::MaxPool2D quarter(shapes.output_image());

  esp::Sequential net{edges,
                      esp::ReLU{},
                      half,
                      shapes,
                      esp::ReLU{},
                      quarter,
                      esp::Dropout{0.3},
                      esp::Dense(quarter.outputs(), 10, esp::MaxNorm{.radius = 2})};
  initialize(net, esp::Rng{seed});
  esp::Optimizer optimizer{esp::Adam{.learning_rate = 2e-3}};
  fit(net, train, esp::CrossEntropy{}, optimizer,
      {.epochs = arguments.number("--epochs", 6),
       .batch = 64,
       .validation_data = &test,
       .seed = seed,
       .schedule = esp::CosineDecay{}},
      esp::ProgressBar{});
  fmt::print("test accuracy {:.2f} %\n{}", 100 * accuracy(net, test), audit(net));
} catch (const std::exception& error) {
  return failed(error);
}
