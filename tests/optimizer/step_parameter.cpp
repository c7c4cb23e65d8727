// SPDX-License-Identifier: MIT
#include "espalier/optimizer/step_parameter.hpp"

#include <limits>

#include "../catch.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using detail::PolicyCounts;

namespace {

constexpr Index rows = 300, cols = 400;

/// One weight under MaxNorm, and one free, with random numbers and gradients.
Parameters<float> make() {
  Parameters<float> parameters;
  parameters.add("a", ParameterKind::weight, rows, cols, AnyPack<float>(Pack(MaxNorm{20})));
  parameters.add("b", ParameterKind::weight, rows, cols);
  Rng rng(1);
  for (float& w : detail::arena(parameters)) w = static_cast<float>(rng.normal());
  for (float& g : parameters.gradients()) g = static_cast<float>(rng.normal());
  return parameters;
}

/// The rows that MaxNorm moved in a step of "a" alone.
Index step_first(Parameters<float>& parameters, const detail::Update<SGD, float>& update) {
  detail::OptimizerState<float> state(parameters, {}, 0);
  state.plan_threads(parameters);
  PolicyCounts active{};
  ParameterEntry<float>& e = detail::Change(parameters).at("a");
  detail::step_under(parameters, e, update, 1, 1, state, active);
  CHECK(e.activity[0].fraction == static_cast<double>(active[0]) / rows);
  return active[0];
}

}  // namespace

TEST_CASE(
    "A step under policies is the same for any number of threads, and counts the rows moved in all of them") {
  const SGD rule{.learning_rate = 0.1};
  const detail::Update<SGD, float> update(rule, 1, rule.learning_rate, false);
  Parameters<float> one = make(), two = make();
  set_threads(1);
  const Index moved = step_first(one, update);
  set_threads(2);
  CHECK(step_first(two, update) == moved);
  CHECK(moved > rows / 4);  // norms are about 20
  CHECK(moved < rows);
  CHECK(one == two);
}

TEST_CASE("A step that leaves the finite numbers is told with the path of the parameter") {
  const SGD rule{.learning_rate = 1e30};
  const detail::Update<SGD, float> update(rule, 1, rule.learning_rate, false);
  Parameters<float> parameters = make();
  parameters.gradients_of(parameters.at("b"))[7] = 1e10F;
  detail::OptimizerState<float> state(parameters, {}, 0);
  state.plan_threads(parameters);
  CHECK_THROWS_WITH(
      detail::step_free(parameters, update, 0, static_cast<Index>(parameters.values().size()), state),
      "b: expected a step to finite weights, found NaN or infinity");
}
