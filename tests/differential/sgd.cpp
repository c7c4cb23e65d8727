// SPDX-License-Identifier: MIT
#include "espalier/optimizer/sgd.hpp"

#include "run_trace.hpp"

using differential::run_traces;
using espalier::SGD;

TEMPLATE_TEST_CASE("SGD trains as torch's, under every policy", "", float, double) {
  run_traces<TestType>("sgd", SGD{{.rate = 0.1}});
}

TEMPLATE_TEST_CASE("SGD with momentum trains as torch's, under every policy and pack", "", float, double) {
  run_traces<TestType, true>("sgd_momentum", SGD{{.rate = 0.05, .momentum_factor = 0.9}});
}

TEMPLATE_TEST_CASE("Nesterov's momentum trains as torch's, under every policy", "", float, double) {
  run_traces<TestType>("sgd_nesterov", SGD{{.rate = 0.05, .momentum_factor = 0.9, .nesterov = true}});
}
