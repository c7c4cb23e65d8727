// SPDX-License-Identifier: MIT
// A linear layer whose weight rows are normalized in the forward pass. In PyTorch:
//
//   torch.nn.init.kaiming_uniform_(weight, a=math.sqrt(5))          # bound 1 / sqrt(fan_in)
//   torch.nn.init.uniform_(bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))
//   y = torch.nn.functional.linear(x, torch.nn.functional.normalize(weight, dim=1), bias)
//
// Here the rows of W are never written out: the layer scales the rows of one product.
#include <fmt/core.h>

#include <espalier/espalier.hpp>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage = "06_normalized_rows: trains a layer with normalized weight rows; no options\n";

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  esp::Rng rng{0};
  const auto normal = [&](esp::Index rows) {
    return Eigen::MatrixXf::NullaryExpr(rows, 32, [&] { return float(rng.normal()); });
  };
  const Eigen::MatrixXf x = normal(10), t = normal(5);

  esp::Sequential net{esp::Dense(10, 5, esp::UnitNormalized{})};
  initialize(net, esp::Rng{1}, esp::PyTorchLinear{});
  esp::Optimizer optimizer{esp::SGD{.learning_rate = 0.1}};
  Eigen::MatrixXf gradient;
  for (int step = 0; step < 100; ++step) {
    const double loss = esp::MeanSquared{}(net.forward(x), t, gradient);
    if (step % 20 == 0) fmt::print("step {:>3}  loss {:.6f}\n", step, loss);
    net.backward(x, gradient);
    optimizer.step(net);
  }
  const Eigen::MatrixXf stored = parameter(net, "0.weight"), used = effective_weight(net, "0.weight");
  fmt::print("norms of the rows as stored {:.4f} ... {:.4f}, as used {:.6f} ... {:.6f}\n",
             stored.rowwise().norm().minCoeff(), stored.rowwise().norm().maxCoeff(),
             used.rowwise().norm().minCoeff(), used.rowwise().norm().maxCoeff());
} catch (const std::exception& error) {
  return failed(error);
}
