// SPDX-License-Identifier: MIT
// The first program of README.md.
#include <espalier/data.hpp>
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>
using namespace espalier;

int main() {
  auto [train, test] = read_csv("examples/data/digits.csv", {.label = "last"}).split(0.8, {.seed = 7});
  Sequential net{
      Dense(64, 128, L1{1e-3}, MaxNorm{.radius = 0.5}),
      ReLU{},
      Dense(128, 10),
  };
  initialize(net, {.seed = 42});
  fit(net, train, CrossEntropy{}, Adam{.learning_rate = 1e-3}, {.epochs = 30, .batch = 32});
  fmt::print("accuracy {:.3f}\n{}", accuracy(net, test), audit(net));
}
