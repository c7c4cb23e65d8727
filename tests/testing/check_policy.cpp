// SPDX-License-Identifier: MIT
// The library's policies are tried in tests/property/checked_*.cpp, wrong ones in the files of their proofs.
#include "espalier/testing/check_policy.hpp"

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "support.hpp"

using namespace espalier;

TEST_CASE("a policy that fits none of the shapes tried is tried on its own") {
  CHECK(message_of([] {
          check_policy(Mask{1, 0, 1, 1, 0, 0, 1});
        })
            .starts_with("check_policy: expected a policy that fits one of the shapes tried, or its own, as "
                         "PolicyTrials{.rows = 3, .cols = 4}, found Mask"));
  CHECK(check_policy(Mask{1, 0, 1, 1, 0, 0, 1}, {.rows = 2, .cols = 7}).ok());
  CHECK_THROWS_AS(check_policy(Clip{1, -1}), ValueError);
}

TEST_CASE("a policy without an algorithm of its own has nothing to prove") {
  CHECK(check_policy(WeightNorm{}).ok());
  CHECK(check_policy(WeightNorm{}).proofs().empty());
}

TEST_CASE("the same seed tries the same inputs") {
  const auto report = [](Rng rng) {
    return fmt::format("{}", check_policy(L1{0.3}, {.rng = rng, .trials = 2}));
  };
  CHECK(report(Rng{1}) == report(Rng{1}));
  CHECK(report(Rng{1}) != report(Rng{2}));
}
