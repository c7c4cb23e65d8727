// SPDX-License-Identifier: MIT
#include "espalier/testing/policy_report.hpp"

#include <limits>

#include "support.hpp"

using namespace espalier;

namespace {

const auto nothing = [] { return std::string("never asked for"); };

}  // namespace

TEST_CASE("A proof keeps its worst value, and the first input that shows it to be wrong") {
  PolicyReport report("Clip{lo = 0}");
  report.note("nearest", -3, 0.5, nothing);
  report.note("nearest", 0.25, 0.5, nothing);
  report.note("nearest", 0.125, 0.125, nothing);  // the largest part of what is allowed
  CHECK(report.ok());
  CHECK(report.find("nearest")->worst == 0.125);
  CHECK(report.find("nearest")->trials == 3);
  CHECK(report.find("feasible") == nullptr);
  report.note("nearest", 1, 0.5, [] { return std::string("[1] becomes [2]"); });
  report.note("nearest", 2, 0.5, nothing);
  CHECK_FALSE(report.ok());
  CHECK(report.find("nearest")->failure == "[1] becomes [2]");
  CHECK(report.find("nearest")->worst == 1);
}

TEST_CASE("What is not a number is not right") {
  PolicyReport report("P");
  report.note("nearest", std::numeric_limits<double>::quiet_NaN(), 1, [] { return std::string("[nan]"); });
  CHECK_FALSE(report.ok());
}

TEST_CASE("A report prints a line for each proof, its worst value, what failed and what was skipped") {
  PolicyReport report("Clip{lo = 0}");
  report.note("feasible", 0, 0, nothing);
  report.note("nearest", 1, 0.5, [] { return std::string("[1] becomes [2]"); });
  report.skip("convex", "not convex");
  report.skip("convex", "for another reason");
  CHECK(fmt::format("{}", report) ==
        "Clip{lo = 0}: FAILED\n"
        "  feasible                   ok      worst 0 (at most 0) in 1 trials\n"
        "  nearest                    FAILED  worst 1 (at most 0.5) in 1 trials\n"
        "    [1] becomes [2]\n"
        "  convex                     skipped: not convex\n");
  CHECK(fmt::format("{}", PolicyReport("WeightNorm")) ==
        "WeightNorm: ok\n  nothing to prove: its algorithm is the library's\n");
}
