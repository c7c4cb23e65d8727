// SPDX-License-Identifier: MIT
#include "espalier/optimizer/adam.hpp"

#include "run_trace.hpp"

using differential::run_traces;
using espalier::Adam, espalier::MaxNorm, espalier::Metric;

TEMPLATE_TEST_CASE("Adam trains as torch's, under every policy and pack", "", float, double) {
  run_traces<TestType, true>("adam", Adam{{.rate = 0.05}});
}

TEMPLATE_TEST_CASE("AMSGrad trains as torch's, under every policy", "", float, double) {
  run_traces<TestType>("adam_amsgrad", Adam{{.rate = 0.05, .beta2 = 0.9, .amsgrad = true}});
}

TEMPLATE_TEST_CASE("Adam with a Euclidean MaxNorm rescales rows", "", float, double) {
  differential::run_trace<TestType>("adam/MaxNorm(euclidean)", Adam{{.rate = 0.05}},
                                    MaxNorm{0.5, Metric::euclidean});
}
