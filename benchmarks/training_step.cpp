// SPDX-License-Identifier: MIT
// One training step of 784-128-10 (forward, cross-entropy, backward, Adam) at batch 32, free and under
// constraints. Ask for
// --benchmark_enable_random_interleaving=true --benchmark_repetitions=9 and compare the medians of one run.
#include <benchmark/benchmark.h>

#include <espalier/espalier.hpp>

using namespace espalier;

namespace {

template <class... Policies>
void step(benchmark::State& state, const Policies&... policies) {
  Sequential net{Dense(784, 128, policies...), ReLU{}, Dense(128, 10, policies...)};
  initialise(net, Rng{1});
  Adam optimizer{{.rate = 1e-4}};
  Rng rng(2);
  const Matrix<float> x =
      Matrix<float>::NullaryExpr(784, 32, [&] { return static_cast<float>(rng.uniform()); });
  std::vector<int> labels(32);
  for (int& label : labels) label = static_cast<int>(rng.below(10));
  const CrossEntropy loss;
  Matrix<float> gradient;
  for (auto _ : state) {
    benchmark::DoNotOptimize(loss(net.forward(x), labels, gradient));
    net.backward(x, gradient);
    optimizer.step(net);
  }
}

void unconstrained(benchmark::State& state) { step(state); }

BENCHMARK(unconstrained);
BENCHMARK_CAPTURE(step, L1, L1{1e-4});
BENCHMARK_CAPTURE(step, L2, L2{1e-4});
BENCHMARK_CAPTURE(step, WeightDecay, WeightDecay{1e-2});
BENCHMARK_CAPTURE(step, Clip, Clip{-0.05, 0.05});
BENCHMARK_CAPTURE(step, NonNegative, NonNegative{});
BENCHMARK_CAPTURE(step, MaxNorm, MaxNorm{.radius = 1});
BENCHMARK_CAPTURE(step, UnitNorm, UnitNorm{});
BENCHMARK_CAPTURE(step, WeightNorm, WeightNorm{});

}  // namespace
