// SPDX-License-Identifier: MIT
// The first program of the README: digits, and a network whose input layer is sparse and bounded.
// clang-format off
#include <espalier/espalier.hpp>
#include <espalier/data.hpp>
#include <espalier/report.hpp>
namespace esp = espalier;

int main() {
  auto [train, test] = esp::read_csv("examples/data/digits.csv", {.label = "last"}).split(0.8, {.seed = 7});
  esp::Sequential net{
      esp::Dense(64, 128, esp::L1{1e-3}, esp::MaxNorm{.radius = 0.5}),  // input layer: sparse and bounded
      esp::ReLU{},
      esp::Dense(128, 10),                                              // free
  };
  initialize(net, {.seed = 42});                         // feasible from here on
  fit(net, train, esp::CrossEntropy{}, esp::Adam{.learning_rate = 1e-3}, {.epochs = 30, .batch = 32});
  fmt::print("accuracy {:.3f}\n{}", accuracy(net, test), audit(net));
}
