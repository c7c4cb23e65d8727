// SPDX-License-Identifier: MIT
// Clipping weights to [-1, 1]. The widespread recipe clamps before the optimizer's step:
//
//   loss.backward()
//   for p in model.parameters(): p.data.clamp_(-1, 1)
//   optimizer.step()
//
// so that the step takes the weights out of the range again, and the model that is evaluated, saved or
// shipped is outside. Clip acts after the step: after every step, the weights are inside.
#include <fmt/core.h>

#include <espalier/espalier.hpp>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage = "05_clip_after_the_step: weights clipped before the step, and after it; no options\n";

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  esp::Rng rng{0};
  const auto normal = [&](esp::Index rows) {
    return Eigen::MatrixXf::NullaryExpr(rows, 32, [&] { return float(rng.normal()); });
  };
  const Eigen::MatrixXf x = normal(10), t = 10 * normal(5);  // targets that want large weights

  esp::Sequential recipe{esp::Dense(10, 5)};
  esp::Sequential ours{esp::Dense(10, 5, esp::Clip{-1, 1}, esp::Bias{esp::Clip{-1, 1}})};
  initialize(recipe, esp::Rng{1}, esp::PyTorchLinear{});
  initialize(ours, esp::Rng{1}, esp::PyTorchLinear{});
  esp::Optimizer first{esp::SGD{.learning_rate = 0.5}}, second = first;
  Eigen::MatrixXf gradient;
  fmt::print("step   max |w|, clamp before   max |w|, Clip\n");
  for (int step = 1; step <= 20; ++step) {
    esp::MeanSquared{}(recipe.forward(x), t, gradient);
    recipe.backward(x, gradient);
    edit(recipe, [](std::span<float> all) {
      for (float& w : all) w = std::clamp(w, -1.0F, 1.0F);
    });
    first.step(recipe);

    esp::MeanSquared{}(ours.forward(x), t, gradient);
    ours.backward(x, gradient);
    second.step(ours);

    if (step % 4 == 0)
      fmt::print("{:>4} {:>23.4f} {:>15.4f}\n", step, parameter(recipe, "0.weight").cwiseAbs().maxCoeff(),
                 parameter(ours, "0.weight").cwiseAbs().maxCoeff());
  }
} catch (const std::exception& error) {
  return failed(error);
}
