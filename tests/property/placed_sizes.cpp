// SPDX-License-Identifier: MIT
// Packs in which policies know the place of each weight are minima for weights of every size that a float
// has: 2^-100 to 2^100 times those of placed_packs.cpp, where squares of floats are no floats.
#include "catch.hpp"
#include "placed_problem.hpp"

using namespace espalier;
using test::Numbers, test::Places;

namespace {

/// `policies(places, size)` is a tuple of them for weights of this size.
template <class F>
void check(F&& policies) {
  for (const double size : {0x1p-100, 0x1p-64, 0x1p64, 0x1p100}) {
    test::PlacedFaults faults;
    Rng rng{41};
    for (int trial = 0; trial < 60; ++trial) {
      const Index n = 1 + rng.below(30);
      const Places at = test::random_places(n, rng);
      const Numbers<double> y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1.5, rng);
      faults.look(at, y, test::random_steps<double>(n, rng), size, policies(at, size), policies(at, 1));
    }
    CAPTURE(size);
    CHECK(faults.suboptimal < 1e-13);
    CHECK(faults.narrow < 60 * detail::roundoff<float>);
    CHECK(faults.infeasible == 0);
    CHECK(faults.moved_twice == 0);
    CHECK(faults.touched == 0);
    CHECK(faults.tried > 25);
  }
}

}  // namespace

TEST_CASE("Mask with MaxNorm") {
  check(
      [](const Places& at, double size) { return std::tuple(Mask{Pattern(at.mask)}, MaxNorm{0.8 * size}); });
}
TEST_CASE("Frozen weights, bounds and a penalty with SumTo") {
  check([](const Places& at, double size) {
    return std::tuple(Frozen{Pattern(at.frozen)}, Clip{-0.7 * size, 0.9 * size}, L1{0.2 * size},
                      SumTo{0.4 * size});
  });
}
TEST_CASE("Signs and a penalty with L1Ball") {
  check([](const Places& at, double size) {
    return std::tuple(SignPattern{Pattern(at.signs)}, L1{0.2 * size}, L1Ball{1.6 * size});
  });
}
TEST_CASE("Frozen weights with Simplex") {
  check([](const Places& at, double size) {
    return std::tuple(Frozen{Pattern(at.frozen)}, Mask{Pattern(at.mask)}, SignPattern{Pattern(at.signs)},
                      Simplex{2 * size});
  });
}
TEST_CASE("Mask with GroupLasso and MaxNorm") {
  check([](const Places& at, double size) {
    return std::tuple(Mask{Pattern(at.mask)}, GroupLasso{0.15 * size}, MaxNorm{0.8 * size});
  });
}
