// SPDX-License-Identifier: MIT
#include "espalier/optimizer/lion.hpp"

#include "run_trace.hpp"

TEMPLATE_TEST_CASE("Lion trains as its paper says, under every policy", "", float, double) {
  differential::run_traces<TestType>("lion", espalier::Lion{{.rate = 0.01}});
}
