// SPDX-License-Identifier: MIT
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "run_trace.hpp"

using namespace espalier;
using differential::run_policy;

TEMPLATE_TEST_CASE("Every optimizer trains as torch's", "", float, double) { run_policy<TestType>("none"); }

TEMPLATE_TEST_CASE("Every optimizer trains as torch's under penalties", "", float, double) {
  run_policy<TestType>("L1", L1{5e-2});
  run_policy<TestType>("L2", L2{1e-2});
  run_policy<TestType>("WeightDecay", WeightDecay{0.1});
}

TEMPLATE_TEST_CASE("Every optimizer trains as torch's in sets of single weights", "", float, double) {
  run_policy<TestType>("Clip", Clip{-0.2, 0.2});
  run_policy<TestType>("NonNegative", NonNegative{});
}
