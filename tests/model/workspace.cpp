// SPDX-License-Identifier: MIT
#include "espalier/model/workspace.hpp"

#include "../nets.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

namespace {

using Space = Workspace<float, 2>;
constexpr std::array<Index, 3> widths{3, 5, 2};
constexpr std::array<Index, 2> kept{0, 4};

}  // namespace

TEST_CASE("A plan gives every buffer its room, each on a cache line") {
  Space space;
  space.plan(widths, kept, 10);
  const std::vector<std::pair<float*, Index>> buffers{{space.outputs[0], 50},
                                                      {space.scratch[1], 4},
                                                      {space.outputs[1], 20},
                                                      {space.deltas[0], 50},
                                                      {space.deltas[1], 50}};
  for (const auto& [start, size] : buffers) {
    CHECK(reinterpret_cast<std::uintptr_t>(start) % 64 == 0);
    for (const auto& [other, n] : buffers)
      CHECK((start == other || start + size <= other || other + n <= start));
    std::fill_n(start, size, 1.0F);  // the sanitizer would object
  }
}

TEST_CASE("Only a larger batch, or another model, makes a new plan") {
  Space space;
  space.plan(widths, kept, 10);
  const float* const first = space.outputs[0];
  space.plan(widths, kept, 3);
  CHECK(space.samples == 3);
  CHECK(space.outputs[0] == first);
  space.plan(widths, kept, 10);
  CHECK(space.outputs[0] == first);
  space.plan({3, 500, 2}, kept, 5);  // the same depth
  std::fill_n(space.outputs[0], 2500, 1.0F);
  std::fill_n(space.deltas[1], 2500, 1.0F);
  space.plan({3, 500, 2}, {0, 1000}, 5);
  std::fill_n(space.scratch[1], 1000, 1.0F);
}

TEST_CASE("A copied workspace starts empty, a moved one can be used again") {
  Space space;
  space.plan(widths, kept, 10);
  Space copy = space;
  CHECK(copy.samples == 0);
  Space moved = std::move(space);
  space.plan(widths, kept, 10);
  moved.plan(widths, kept, 10);
  CHECK(space.outputs[0] != moved.outputs[0]);
  std::fill_n(space.outputs[0], 50, 1.0F);
}

TEST_CASE("Models of one depth share a workspace, one after another") {
  auto small = Sequential(Dense(2, 2), Tanh{});
  auto large = Sequential(Dense(3, 300, WeightNorm{}), Tanh{});
  initialize(small, Rng{1});
  initialize(large, Rng{1});
  Workspace<float, 2> workspace;
  const Matrix<float> x = random_matrix<float>(2, 5, 1), z = random_matrix<float>(3, 4, 2);
  CHECK(small.predict(x, workspace) == small.predict(x));
  CHECK(large.predict(z, workspace) == large.predict(z));
  CHECK(small.predict(x, workspace) == small.predict(x));
}
