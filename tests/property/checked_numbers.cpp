// SPDX-License-Identifier: MIT
// check_policy on the library's policies of single numbers.
#include "espalier/espalier.hpp"
#include "espalier/testing/check_policy.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

void passes(const auto&... policies) {
  const auto check = [](const PolicyReport& report) {
    CAPTURE(fmt::format("{}", report));
    CHECK(report.ok());
  };
  (check(check_policy(policies, {.trials = 6})), ...);
}

}  // namespace

TEST_CASE("the library's sets of numbers are what they say") {
  passes(Clip{-0.5, 1}, NonNegative{}, NonPositive{}, RelativeClip{2}, Grid{0.5, -1, 1}, Levels{1, 0, -1},
         Unconstrained{});
  passes(LowerBounds{1, -1}, UpperBounds{1, -1}, Mask{1, 0}, SignPattern{1, -1}, Frozen{1, 0});
}

TEST_CASE("the library's penalties of numbers are what they say") {
  passes(L1{0.3}, L0{0.3}, L2{0.3}, L2ToStart{0.3}, WeightDecay{0.1});
}

TEST_CASE("the library's reparametrizations are what they say") {
  passes(SoftplusWeight{}, Quantized{0.5, -1, 1}, QuantizedTo{-1, 0, 1}, WeightNorm{}, UnitNormalized{});
}
