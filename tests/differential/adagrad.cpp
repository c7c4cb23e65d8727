// SPDX-License-Identifier: MIT
#include "espalier/optimizer/adagrad.hpp"

#include "run_trace.hpp"

TEMPLATE_TEST_CASE("Adagrad trains as torch's, under every policy", "", float, double) {
  differential::run_traces<TestType>("adagrad", espalier::Adagrad{{.rate = 0.1}});
}
