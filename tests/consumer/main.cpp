// SPDX-License-Identifier: MIT
// A user's program: a net with bounded weights learns the exclusive or.
#include <fmt/core.h>

#include <espalier/espalier.hpp>

int main() {
  using namespace espalier;
  Matrix<float> x(2, 4);
  x << 0, 0, 1, 1,  //
      0, 1, 0, 1;
  const std::vector<int> labels{0, 1, 1, 0};

  Sequential net{Dense(2, 16, MaxNorm{.radius = 4}), Tanh{}, Dense(16, 2)};
  initialize(net, Rng{1});
  Optimizer optimizer{Adam{.learning_rate = 0.02}};
  const CrossEntropy loss{};
  Matrix<float> gradient;
  for (int step = 0; step < 200; ++step) {
    loss(net.forward(x), labels, gradient);
    net.backward(x, gradient);
    optimizer.step(net);
  }
  const double left = loss(net.predict(x), labels);
  fmt::print("loss {:.4f} after 200 steps\n", left);
  return left < 0.1 ? 0 : 1;
}
