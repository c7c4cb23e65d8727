// SPDX-License-Identifier: MIT
#include "espalier/model/workspace.hpp"

#include "../nets.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

namespace {

/// A plan for `n` samples of 3 outputs, with `kept` numbers for the layers.
Workspace<float> planned(Index n, Index kept = 100) {
  Workspace<float> space;
  space.plan(3, kept, n);
  return space;
}

}  // namespace

TEST_CASE("A plan gives every buffer its room, each on a cache line") {
  const Workspace<float> space = planned(10);
  const std::vector<std::pair<float*, Index>> buffers{
      {space.outputs, 30}, {space.gradients, 30}, {space.kept, 100}};
  for (const auto& [start, size] : buffers) {
    CHECK(reinterpret_cast<std::uintptr_t>(start) % 64 == 0);
    for (const auto& [other, n] : buffers)
      CHECK((start == other || start + size <= other || other + n <= start));
    std::fill_n(start, size, 1.0F);  // the sanitizer would object
  }
  CHECK(Workspace<float>::size(3, 100, 10) == 32 + 32 + 100);
  CHECK(Workspace<double>::size(3, 100, 3) == 16 + 16 + 100);
}

TEST_CASE("Only a larger batch, or a model that needs more, makes a new plan") {
  Workspace<float> space = planned(10);
  const float* const first = space.outputs;
  space.plan(3, 100, 3);
  CHECK(space.samples == 3);
  CHECK(space.outputs == first);
  space.plan(3, 100, 10);
  CHECK(space.outputs == first);
  space.plan(500, 100, 5);
  std::fill_n(space.outputs, 2500, 1.0F);
  std::fill_n(space.gradients, 2500, 1.0F);
  space.plan(3, 9000, 1);
  std::fill_n(space.kept, 9000, 1.0F);
}

TEST_CASE("A copied workspace starts empty, a moved one can be used again") {
  Workspace<float> space = planned(10);
  Workspace<float> copy = space;
  CHECK(copy.samples == 0);
  CHECK(copy.outputs == nullptr);
  float* const first = space.outputs;
  Workspace<float> moved = std::move(space);
  CHECK(moved.outputs == first);
  CHECK(moved.samples == 10);
  space.plan(3, 100, 10);
  moved.plan(3, 100, 10);
  CHECK(moved.outputs == first);
  CHECK(space.outputs != moved.outputs);
  std::fill_n(space.outputs, 30, 1.0F);
  moved = copy;
  CHECK(moved.samples == 0);
  moved = std::move(space);
  std::fill_n(moved.kept, 100, 1.0F);
}

TEST_CASE("Models share a workspace, one after another") {
  auto small = Sequential(Dense(2, 2), Tanh{});
  auto large = Sequential(Dense(3, 300, WeightNorm{}), Tanh{}, Dense(300, 1));  // of another depth
  initialize(small, Rng{1});
  initialize(large, Rng{1});
  Workspace<float> workspace;
  const Matrix<float> x = random_matrix<float>(2, 5, 1), z = random_matrix<float>(3, 4, 2);
  CHECK(small.predict(x, workspace) == small.predict(x));
  CHECK(large.predict(z, workspace) == large.predict(z));
  CHECK(small.predict(x, workspace) == small.predict(x));
}
