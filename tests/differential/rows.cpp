// SPDX-License-Identifier: MIT
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "run_trace.hpp"

using namespace espalier;
using differential::run_policy;

TEMPLATE_TEST_CASE("Every optimizer trains as torch's in balls and on spheres", "", float, double) {
  run_policy<TestType>("MaxNorm", MaxNorm{0.5});
  run_policy<TestType>("UnitNorm", UnitNorm{});
}

TEMPLATE_TEST_CASE("Every optimizer trains as torch's with normalized rows", "", float, double) {
  run_policy<TestType>("WeightNorm", WeightNorm{});
  run_policy<TestType>("UnitNormalized", UnitNormalized{});
}

TEMPLATE_TEST_CASE("Adam with a Euclidean MaxNorm rescales rows", "", float, double) {
  differential::run_trace("adam/MaxNorm(euclidean)",
                          differential::network<TestType>(MaxNorm{0.5, Metric::euclidean}),
                          Optimizer{Adam{.learning_rate = 0.05}});
}
