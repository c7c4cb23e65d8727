// SPDX-License-Identifier: MIT
// The peer: LibTorch, one training step and one inference as its users write them.
#include "suite.hpp"

#ifdef ESPALIER_WITH_TORCH
#include <torch/torch.h>

namespace {

torch::nn::Sequential make(const bench::Net& net) {
  torch::nn::Sequential chain;
  for (std::size_t k = 1; k < net.widths.size(); ++k) {
    chain->push_back(torch::nn::Linear(net.widths[k - 1], net.widths[k]));
    if (k + 1 == net.widths.size()) break;
    if (net.activation == bench::Activation::relu)
      chain->push_back(torch::nn::ReLU());
    else
      chain->push_back(torch::nn::Tanh());
  }
  return chain;
}

void train(benchmark::State& state, const bench::Net& net, long batch, int threads) {
  at::set_num_threads(threads);
  auto model = make(net);
  torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(1e-4));
  const long outputs = net.widths.back();
  const auto x = torch::rand({batch, net.widths.front()});
  const auto target = outputs > 1 ? torch::randint(outputs, {batch}) : torch::rand({batch, 1});
  const auto step = [&] {
    optimizer.zero_grad();
    const auto y = model->forward(x);
    const auto loss = outputs > 1 ? torch::cross_entropy_loss(y, target) : torch::mse_loss(y, target);
    loss.backward();
    optimizer.step();
  };
  for (int k = 0; k < 3; ++k) step();  // plans memory, and has it mapped
  for (auto _ : state) step();
}

void predict(benchmark::State& state, const bench::Net& net, long batch) {
  at::set_num_threads(1);
  torch::NoGradGuard no_gradients;
  auto model = make(net);
  const auto x = torch::rand({batch, net.widths.front()});
  model->forward(x);
  for (auto _ : state) benchmark::DoNotOptimize(model->forward(x));
}

}  // namespace
#endif

namespace bench {

/// Rows of the peer for one net and batch; without LibTorch they say so.
void add_torch(const Net& net, long batch) {
  const std::string what = "/" + net.name + "/" + std::to_string(batch) + "/LibTorch";
#ifdef ESPALIER_WITH_TORCH
  const std::string instead;
  const auto step = [&net, batch](benchmark::State& state) { train(state, net, batch, 1); };
  const auto inference = [&net, batch](benchmark::State& state) { predict(state, net, batch); };
#else
  const std::string instead = "not installed";
  const std::function<void(benchmark::State&)> step, inference;
#endif
  add({"training" + what, step, 0, net.quick, instead});
  add({"inference" + what, inference, 0, net.quick, instead});
}

}  // namespace bench
