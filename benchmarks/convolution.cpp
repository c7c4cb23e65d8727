// SPDX-License-Identifier: MIT
// One training step and one inference of a small convolutional net, beside the peer: 28 x 28 pixels, 32 and
// then 64 kernels of 3 x 3, the largest of each 2 x 2, 10 classes.
#include "problem.hpp"

namespace bench {

void add_torch_convolution(long batch, Work training, Work inference);

namespace {

using namespace espalier;

constexpr Index channels[] = {1, 32, 64};

auto make() {
  const Conv2D first(Image{28, 28, channels[0]}, channels[1], Kernel{3, 3});
  const Conv2D second(first.output_image(), channels[2], Kernel{3, 3});
  const MaxPool2D pool(second.output_image());
  return Sequential{first, ReLU{}, second, ReLU{}, pool, Dense(pool.outputs(), 10)};
}

/// Multiplications and additions of the products alone.
Work inference_of(double batch) {
  return {2 * batch * (26. * 26 * 32 * 9 + 24. * 24 * 64 * 32 * 9 + 9216. * 10), 0};
}
Work training_of(double batch) {
  const double first = 2 * batch * 26 * 26 * 32 * 9;
  return {3 * inference_of(batch).flops - first, 32. * 10 + 64. * (32 * 9 + 1) + 9217. * 10};
}

const bool added = [] {
  constexpr long batch = 32;
  add({"training/Conv/32/espalier", [](benchmark::State& state) { Problem(make(), batch).train(state); },
       training_of(batch)});
  add({"inference/Conv/32/espalier",
       [](benchmark::State& state) {
         const Problem problem(make(), batch);
         typename decltype(make())::workspace_type workspace;
         problem.model.predict(problem.x, workspace);
         for (auto _ : state) benchmark::DoNotOptimize(problem.model.predict(problem.x, workspace).data());
       },
       inference_of(batch)});
  add_torch_convolution(batch, training_of(batch), inference_of(batch));
  return true;
}();

}  // namespace
}  // namespace bench
