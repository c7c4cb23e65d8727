// SPDX-License-Identifier: MIT
// A model with data to train it on: what a step needs, in every suite that measures steps.
#pragma once

#include <espalier/espalier.hpp>

#include "suite.hpp"

namespace bench {

template <class Model>
struct Problem {
  Model model;
  espalier::Matrix<float> x, values, gradient;
  std::vector<int> labels;

  Problem(Model m, long batch) : model(std::move(m)) {
    using namespace espalier;
    initialize(model, Rng{1});
    Rng rng(2);
    x = Matrix<float>::NullaryExpr(model.inputs(), batch, [&] { return static_cast<float>(rng.uniform()); });
    values = Matrix<float>::NullaryExpr(1, batch, [&] { return static_cast<float>(rng.uniform()); });
    for (long k = 0; k < batch; ++k)
      labels.push_back(static_cast<int>(rng.below(std::max<Index>(model.outputs(), 2))));
  }

  void backward() {
    if (model.outputs() > 1)
      benchmark::DoNotOptimize(espalier::CrossEntropy{}(model.forward(x), labels, gradient));
    else
      benchmark::DoNotOptimize(espalier::MeanSquared{}(model.forward(x), values, gradient));
    model.backward(x, gradient);
  }

  void step(auto& optimizer) {
    backward();
    optimizer.step(model);
  }

  /// Training steps with Adam. The first few plan memory and have it mapped.
  void train(benchmark::State& state) {
    espalier::Optimizer optimizer{espalier::Adam{.learning_rate = 1e-4}};
    for (int k = 0; k < 3; ++k) step(optimizer);
    for (auto _ : state) step(optimizer);
  }
};

}  // namespace bench
