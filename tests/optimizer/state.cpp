// SPDX-License-Identifier: MIT
#include "espalier/optimizer/state.hpp"

#include "../catch.hpp"

using namespace espalier;

TEST_CASE("States stand one kind after another in the layout of the arena") {
  detail::OptimizerState<float> state{32, detail::AlignedVector<float>(64), {detail::Buffers<float>(5)}};
  const auto at = state.at(16);
  CHECK(at[0] == state.numbers.data() + 16);
  CHECK(at[1] == state.numbers.data() + 48);
  CHECK(at[2] == nullptr);
}

TEST_CASE("Each part of an update has buffers, and keeps them") {
  detail::OptimizerState<double> state{8, {}, {detail::Buffers<double>(5)}};
  state.plan(3);
  CHECK(state.buffers.size() == 3);
  CHECK(state.buffers[2].length == state.buffers[0].length);
  state.plan(1);
  CHECK(state.buffers.size() == 3);
}

TEST_CASE("Rows are not divided where a policy looks at them") {
  const int before = threads();
  set_threads(4);
  CHECK(detail::parts_of_update(true, 1, 1 << 20) == 1);
  CHECK(detail::parts_of_update(true, 3, 1 << 20) == 3);
  CHECK(detail::parts_of_update(false, 1, 1 << 20) == 4);
  CHECK(detail::parts_of_update(false, 100, 100) == 1);
  set_threads(before);
}
