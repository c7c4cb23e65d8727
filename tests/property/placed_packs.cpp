// SPDX-License-Identifier: MIT
// Packs in which policies know the place of each weight are the minimum that they claim to be, in random
// diagonal metrics: a vector beside them meets weights with bounds of their own.
#include "catch.hpp"
#include "placed_problem.hpp"

using namespace espalier;
using test::Numbers, test::Places;

namespace {

template <class... Vectors>
void check(const Vectors&... vectors) {
  test::PlacedFaults faults;
  Rng rng{21};
  for (int trial = 0; trial < 150; ++trial) {
    const Index n = 1 + rng.below(30);
    const Places at = test::random_places(n, rng);
    const Numbers<double> y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1.5, rng),
                          t = trial % 5 == 0 ? Numbers<double>(static_cast<std::size_t>(n), 1)
                                             : test::random_steps<double>(n, rng);
    const auto look = [&](const auto&... policies) {
      const std::tuple all(policies...);
      faults.look(at, y, t, 1, all, all);
    };
    const Mask mask{Pattern(at.mask)};
    const SignPattern signs{Pattern(at.signs)};
    const Frozen frozen{Pattern(at.frozen)};
    look(mask, vectors...);
    look(signs, L1{0.2}, vectors...);
    look(frozen, mask, L1{0.2}, test::clip, vectors...);
  }
  CHECK(faults.suboptimal < 1e-13);
  CHECK(faults.narrow < 60 * detail::roundoff<float>);
  CHECK(faults.infeasible == 0);
  CHECK(faults.moved_twice == 0);
  CHECK(faults.touched == 0);
  CHECK(faults.tried > 250);
}

}  // namespace

TEST_CASE("Places alone") { check(); }
TEST_CASE("Places with MaxNorm") { check(MaxNorm{0.8}); }
TEST_CASE("Places with SumTo") { check(SumTo{0.4}); }
TEST_CASE("Places with Simplex") { check(Simplex{0.9}); }
TEST_CASE("Places with L1Ball") { check(L1Ball{1.6}); }
TEST_CASE("Places with GroupLasso and with MaxNorm beside it") {
  check(GroupLasso{0.15});
  check(GroupLasso{0.15}, MaxNorm{0.8});
}
