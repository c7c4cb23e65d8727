// SPDX-License-Identifier: MIT
// Adam with coupled L2 on a 10-5 linear layer. In PyTorch:
//
//   model = torch.nn.Linear(10, 5)
//   optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=0.1)
//
// PyTorch puts weight_decay on biases too; here they are free unless they are named. The decoupled form,
// AdamW, is the policy WeightDecay: with an adaptive optimizer it is another method, as the two columns show.
#include <fmt/core.h>

#include <espalier/espalier.hpp>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage = "04_coupled_l2: Adam with coupled L2 beside AdamW, for 200 steps; no options\n";

/// The mean squared error before each of `steps` steps.
std::vector<double> train(auto layer, const Eigen::MatrixXf& x, const Eigen::MatrixXf& t, int steps) {
  esp::Sequential net{layer};
  initialize(net, esp::Rng{1}, esp::PyTorchLinear{});
  esp::Optimizer optimizer{esp::Adam{.learning_rate = 1e-2}};
  Eigen::MatrixXf gradient;
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    losses.push_back(esp::MeanSquared{}(net.forward(x), t, gradient));
    net.backward(x, gradient);
    optimizer.step(net);
  }
  return losses;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  esp::Rng rng{0};
  const auto normal = [&](esp::Index rows) {
    return Eigen::MatrixXf::NullaryExpr(rows, 32, [&] { return float(rng.normal()); });
  };
  const Eigen::MatrixXf x = normal(10), t = normal(5);

  // torch.optim.Adam(weight_decay=0.1) and AdamW(weight_decay=0.1)
  const auto coupled = train(esp::Dense(10, 5, esp::L2{0.1}, esp::Bias{esp::L2{0.1}}), x, t, 200);
  const auto decoupled =
      train(esp::Dense(10, 5, esp::WeightDecay{0.1}, esp::Bias{esp::WeightDecay{0.1}}), x, t, 200);
  fmt::print("step     coupled L2   decoupled decay\n");
  for (std::size_t step = 0; step < coupled.size(); step += 40)
    fmt::print("{:>4} {:>14.6f} {:>17.6f}\n", step, coupled[step], decoupled[step]);
} catch (const std::exception& error) {
  return failed(error);
}
