// SPDX-License-Identifier: MIT
#include "espalier/model/runs.hpp"

#include "../catch.hpp"

using namespace espalier::detail;

TEST_CASE("Runs are told apart by optimizer and number, and copies share them") {
  Runs runs;
  CHECK_FALSE(runs.contains({1, 1}));
  runs.add({1, 1});
  runs.add({2, 7});
  CHECK(runs.contains({1, 1}));
  CHECK_FALSE(runs.contains({1, 2}));
  CHECK(runs.any_of(2));
  CHECK_FALSE(runs.any_of(3));
  Runs copy = runs;
  copy.clear();
  CHECK_FALSE(copy.any_of(1));
  CHECK(runs.any_of(1));
}

TEST_CASE("Only the latest runs are kept") {
  Runs runs;
  for (std::uint64_t k = 1; k <= 40; ++k) runs.add({k, k});
  for (int again = 0; again < 100; ++again) runs.add({40, 40});
  CHECK(runs.contains({40, 40}));
  CHECK(runs.contains({9, 9}));
  CHECK_FALSE(runs.contains({8, 8}));
}

TEST_CASE("Identities are new every time") { CHECK(next_identity() != next_identity()); }
