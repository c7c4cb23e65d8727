// SPDX-License-Identifier: MIT
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "run_trace.hpp"

using namespace espalier;
using differential::run_pack;

TEMPLATE_TEST_CASE("SGD with momentum and Adam train as torch's under packs", "", float, double) {
  run_pack<TestType>("L1+NonNegative", NonNegative{}, L1{5e-2});
  run_pack<TestType>("NonNegative+MaxNorm", MaxNorm{0.5}, NonNegative{});
  run_pack<TestType>("Clip+MaxNorm", Clip{-0.2, 0.2}, MaxNorm{0.4});
  run_pack<TestType>("L1+MaxNorm", MaxNorm{0.5}, L1{5e-2});
  run_pack<TestType>("WeightDecay+MaxNorm", WeightDecay{0.1}, MaxNorm{0.5});
  run_pack<TestType>("NonNegative+UnitNorm", UnitNorm{}, NonNegative{});
  run_pack<TestType>("L1+UnitNorm", L1{5e-2}, UnitNorm{});
}
