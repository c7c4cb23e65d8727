// SPDX-License-Identifier: MIT
// The peer: LibTorch, one training step and one inference as its users write them.
#include "suite.hpp"

#ifdef ESPALIER_WITH_TORCH
#include <dlfcn.h>
#include <torch/torch.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace {

/// A function of the OpenBLAS that LibTorch has brought along; null with any other BLAS.
template <class F>
F* openblas(const char* name) {
  return reinterpret_cast<F*>(dlsym(RTLD_DEFAULT, name));
}

constexpr const char* taken = "ESPALIER_OPENBLAS_TOOK";  // what it chose by itself, once we have chosen

/// OpenBLAS has threads of its own, which LibTorch's setting does not reach if they are not OpenMP's.
void use_threads(int threads) {
  at::set_num_threads(threads);
  if (auto* set = openblas<void(int)>("openblas_set_num_threads")) set(threads);
}

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

void train(benchmark::State& state, torch::nn::Sequential model, const torch::Tensor& x, long outputs) {
  torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(1e-4));
  const long batch = x.size(0);
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

void predict(benchmark::State& state, torch::nn::Sequential model, const torch::Tensor& x) {
  torch::NoGradGuard no_gradients;
  model->forward(x);
  for (auto _ : state) benchmark::DoNotOptimize(model->forward(x));
}

/// Of benchmarks/convolution.cpp.
torch::nn::Sequential make_convolution() {
  using namespace torch::nn;
  return Sequential(Conv2d(Conv2dOptions(1, 32, 3)), ReLU(), Conv2d(Conv2dOptions(32, 64, 3)), ReLU(),
                    MaxPool2d(MaxPool2dOptions(2)), Flatten(), Linear(9216, 10));
}

}  // namespace
#endif

namespace bench {

/// Rows of the peer for one net and batch; without LibTorch they say so.
void add_torch(const Net& net, long batch) {
  for (const int threads : {1, 2}) {
    if (threads == 2 && !net.shared_out) continue;
    const std::string who = "/" + net.with(batch, threads) + "/LibTorch";
#ifdef ESPALIER_WITH_TORCH
    const std::string instead;
    const auto inputs = [=, &net] { return torch::rand({batch, net.widths.front()}); };
    const auto step = [=, &net](benchmark::State& state) {
      use_threads(threads);
      train(state, make(net), inputs(), net.widths.back());
    };
    const auto inference = [=, &net](benchmark::State& state) {
      use_threads(threads);
      predict(state, make(net), inputs());
    };
#else
    const std::string instead = "not installed";
    const std::function<void(benchmark::State&)> step, inference;
#endif
    const bool one = threads == 1;  // as the limits are
    add({"training" + who, step, one ? net.training(batch) : Work(), net.quick && one, instead});
    add({"inference" + who, inference, one ? net.inference(batch) : Work(), net.quick && one, instead});
  }
}

void add_torch_convolution(long batch, Work training, Work inference) {
#ifdef ESPALIER_WITH_TORCH
  const std::string instead;
  const auto inputs = [=] { return torch::rand({batch, 1, 28, 28}); };
  const auto step = [=](benchmark::State& state) {
    use_threads(1);
    train(state, make_convolution(), inputs(), 10);
  };
  const auto predicted = [=](benchmark::State& state) {
    use_threads(1);
    predict(state, make_convolution(), inputs());
  };
#else
  const std::string instead = "not installed";
  const std::function<void(benchmark::State&)> step, predicted;
#endif
  const std::string who = "/Conv/" + std::to_string(batch) + "/LibTorch";
  add({"training" + who, step, training, true, instead});
  add({"inference" + who, predicted, inference, true, instead});
}

#ifdef ESPALIER_WITH_TORCH
/// To be fair to the peer: an OpenBLAS older than the processor does not recognize it and takes kernels
/// without its vector units. It reads OPENBLAS_CORETYPE while it is loaded, so the program starts anew with a
/// kernel the processor has; what the user has set stays.
void prepare_torch(char** argv) {
#if defined(__x86_64__)
  auto* name = openblas<char*()>("openblas_get_corename");
  if (!name || std::getenv("OPENBLAS_CORETYPE") || !__builtin_cpu_supports("avx2")) return;
  const std::string core = name();
  for (const char* vectorized : {"Haswell", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids"})
    if (core == vectorized) return;
  setenv("OPENBLAS_CORETYPE", __builtin_cpu_supports("avx512f") ? "SkylakeX" : "Haswell", 1);
  setenv(taken, core.c_str(), 1);
  execv("/proc/self/exe", argv);  // if that fails, go on: the report names the kernel in use
#endif
}

Description describe_torch() {
  Description all{{"LibTorch", TORCH_VERSION}};
  auto* core = openblas<char*()>("openblas_get_corename");
  auto* config = openblas<char*()>("openblas_get_config");
  auto* parallel = openblas<int()>("openblas_get_parallel");
  if (!core || !config || !parallel) return all.emplace_back("its BLAS", "not OpenBLAS"), all;
  constexpr std::array threads{"none", "its own (pthread)", "OpenMP's"};
  all.emplace_back("its BLAS", config());
  all.emplace_back("threads of BLAS", threads.at(static_cast<std::size_t>(parallel())));
  std::string kernels = core();
  if (const char* was = std::getenv(taken))
    kernels += " (by itself it took " + std::string(was) + "; chosen with OPENBLAS_CORETYPE to be fair)";
  all.emplace_back("kernels of BLAS", kernels);
  return all;
}
#else
void prepare_torch(char**) {}
Description describe_torch() { return {{"LibTorch", "not installed"}}; }
#endif

}  // namespace bench
