// SPDX-License-Identifier: MIT
#include "espalier/optimizer/state.hpp"

#include "../catch.hpp"
#include "espalier/constraint/max_norm.hpp"

using namespace espalier;

namespace {

template <Scalar S>
void add_weight(Parameters<S>& parameters, std::string path, Index rows, Index cols, AnyPack<S> pack = {}) {
  parameters.add(std::move(path), ParameterKind::weight, rows, cols, std::move(pack));
}

}  // namespace

TEST_CASE("States stand one kind after another in the layout of the arena, and begin at zero") {
  Parameters<float> parameters;
  add_weight(parameters, "a", 3, 5);  // 15 numbers and a gap
  add_weight(parameters, "b", 1, 16);
  detail::OptimizerState<float> state(parameters, {}, 2);
  REQUIRE(state.numbers == detail::AlignedVector<float>(64, 0.0F));
  const auto at = state.at(parameters, 16);
  CHECK(at[0] == parameters.values().data() + 16);
  CHECK(at[1] == parameters.gradients().data() + 16);
  CHECK(at[2] == state.numbers.data() + 16);
  CHECK(at[3] == state.numbers.data() + 48);
  CHECK(at[4] == nullptr);
  detail::OptimizerState<float> without(parameters, {}, 0);
  CHECK(without.numbers.empty());
  CHECK(without.at(parameters, 16)[2] == nullptr);
}

TEST_CASE("A state belongs to parameters of the same shapes, whatever their paths and packs") {
  Parameters<double> parameters, alike, more, turned;
  add_weight(parameters, "a", 3, 5);
  const detail::OptimizerState<double> state(parameters, {}, 1);
  add_weight(alike, "b", 3, 5, AnyPack<double>(Pack(MaxNorm{1})));
  add_weight(more, "a", 3, 5), add_weight(more, "b", 1, 1);
  add_weight(turned, "a", 5, 3);
  CHECK(state.belongs_to(parameters));
  CHECK(state.belongs_to(alike));
  CHECK_FALSE(state.belongs_to(more));
  CHECK_FALSE(state.belongs_to(turned));
  CHECK_FALSE(state.belongs_to({}));
}

TEST_CASE("Each part of an update has buffers as long as a row, and keeps them") {
  const int before = threads();
  Parameters<double> parameters;
  add_weight(parameters, "a", 4 * detail::weights_of_part / 2000, 2000, AnyPack<double>(Pack(MaxNorm{1})));
  detail::OptimizerState<double> state(parameters, {}, 0);
  set_threads(1);
  state.plan_threads(parameters);
  REQUIRE(state.buffers.size() == 1);
  CHECK(state.buffers[0].before() - state.buffers[0].steps() >= 2000);
  set_threads(4);
  state.plan_threads(parameters);
  const auto parts =
      static_cast<std::size_t>(detail::parts_of_update(Grain::row, parameters.entries()[0].rows, 2000));
  REQUIRE(parts > 1);
  CHECK(state.buffers.size() == parts);
  set_threads(1);
  state.plan_threads(parameters);
  CHECK(state.buffers.size() == parts);
  set_threads(before);
}

TEST_CASE("Rows are not divided where a policy looks at them") {
  const int before = threads();
  set_threads(4);
  CHECK(detail::parts_of_update(Grain::row, 1, 1 << 20) == 1);
  CHECK(detail::parts_of_update(Grain::row, 3, 1 << 20) == 3);
  CHECK(detail::parts_of_update(Grain::element, 1, 1 << 20) == 4);
  CHECK(detail::parts_of_update(Grain::element, 100, 100) == 1);
  set_threads(before);
}
