// SPDX-License-Identifier: MIT
// check_policy on the library's policies of vectors.
#include "espalier/espalier.hpp"
#include "espalier/testing/check_policy.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

void passes(const PolicyTrials& trials, const auto&... policies) {
  const auto check = [](const PolicyReport& report) {
    CAPTURE(fmt::format("{}", report));
    CHECK(report.ok());
  };
  (check(check_policy(policies, trials)), ...);
}

}  // namespace

TEST_CASE("the library's sets of vectors are what they say") {
  passes({.trials = 6}, MaxNorm{1}, UnitNorm{}, HalfSpace{{1, 2}, 3}, Isotonic{}, SumTo{0.5}, TopK{2},
         NofM{1, 2}, PerInput{MaxNorm{1}});
}

TEST_CASE("the library's sets of bounded sums are what they say") {
  passes({.trials = 6}, L1Ball{1}, Simplex{1}, SignedSumBound{1}, TopKSum{2, 1}, InfinityNorm{1}, OneNorm{1});
}

TEST_CASE("the library's penalties of vectors are what they say") {
  passes({.trials = 6}, GroupLasso{0.3}, TotalVariation{0.3});
}

TEST_CASE("the library's penalties of vectors that are not convex are what they say") {
  passes({.trials = 6}, GroupMcp{0.3}, PerInput{GroupMcp{0.3, 0.5}}, GroupScad{0.3}, LassoNet{0.3, 0.5},
         LassoNet{0.3, 2, 2});
}

TEST_CASE("the library's ties and shells are what they say") {
  passes({.trials = 6}, Tied{1, -1}, Palindromic{}, Symmetric{}, Circulant{}, MinMaxNorm{0.5, 1});
}
