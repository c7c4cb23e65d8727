// SPDX-License-Identifier: MIT
#include "espalier/optimizer/rmsprop.hpp"

#include "run_trace.hpp"

using differential::run_traces;
using espalier::RMSProp;

TEMPLATE_TEST_CASE("RMSProp trains as torch's, under every policy", "", float, double) {
  run_traces<TestType>("rmsprop", RMSProp{{.rate = 0.01}});
  run_traces<TestType>("rmsprop_momentum", RMSProp{{.rate = 0.005, .momentum_factor = 0.9}});
  run_traces<TestType>("rmsprop_centered", RMSProp{{.rate = 0.01, .centered = true}});
  run_traces<TestType>("rmsprop_centered_momentum",
                       RMSProp{{.rate = 0.005, .momentum_factor = 0.9, .centered = true}});
}
