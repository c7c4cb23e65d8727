// SPDX-License-Identifier: MIT
// check_policy on the library's policies of matrices.
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

TEST_CASE("the library's sets of matrices are what they say") {
  passes(SpectralBall{1}, OnSingularValues{Clip{-1, 1}}, NuclearBall{1}, LowRank{1},
         OnSingularValues{TopK{1}}, Conditioned{0.5, 2}, Orthonormal{}, OnEigenvalues{Clip{-1, 1}},
         PositiveSemidefinite{}, SkewSymmetric{});
}

TEST_CASE("the library's penalties of matrices are what they say") {
  passes(NuclearNorm{0.3}, Orthogonality{0.3});
}
