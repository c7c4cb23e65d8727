// SPDX-License-Identifier: MIT
// Isotonic beside policies that know the place of each weight is the minimum that it claims to be, in random
// diagonal metrics and at sizes from 2^-100 to 2^100: by the conditions of optimality.
#include "catch.hpp"
#include "placed_problem.hpp"

using namespace espalier;
using test::Numbers, test::Places;

namespace {

/// A row that rises, with zeros in the middle, and masks, signs and frozen weights that it meets.
Places rising_places(Index n, Rng& rng) {
  Places at;
  const double zeros = rng.uniform();
  for (Index i = 0; i < n; ++i)
    at.start.push_back(rng.uniform() < zeros ? 0 : static_cast<float>(0.2 * (rng.uniform() - 0.4)));
  std::sort(at.start.begin(), at.start.end());
  for (const double value : at.start) {
    at.mask.push_back(!(value == 0 && rng.uniform() < 0.5));
    const double sign = static_cast<double>(rng.below(3)) - 1;
    at.signs.push_back(sign * value < 0 ? 0 : sign);
    at.frozen.push_back(rng.uniform() < 0.2);
  }
  return at;
}

/// `policies(places, size)` is a tuple of them for weights of this size.
template <class F>
void check(double size, F&& policies) {
  test::PlacedFaults faults;
  Rng rng{31};
  for (int trial = 0; trial < 200; ++trial) {
    const Index n = 1 + rng.below(30);
    const Places at = rising_places(n, rng);
    const Numbers<double> y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1.5, rng);
    faults.look(at, y, test::random_steps<double>(n, rng), size, policies(at, size), policies(at, 1));
  }
  CAPTURE(size);
  CHECK(faults.suboptimal < 1e-12);
  CHECK(faults.narrow < 100 * detail::roundoff<float>);
  CHECK(faults.infeasible == 0);
  CHECK(faults.moved_twice == 0);
  CHECK(faults.touched == 0);
  CHECK(faults.held > 100);
  CHECK(faults.tried == 200);
}

constexpr double sizes[] = {0x1p-100, 1, 0x1p100};

}  // namespace

TEST_CASE("Isotonic with Mask") {
  for (const double size : sizes)
    check(size, [](const Places& at, double) { return std::tuple(Isotonic{}, Mask{Pattern(at.mask)}); });
}
TEST_CASE("Isotonic with SignPattern, Frozen and a penalty, in any order") {
  for (const double size : sizes)
    check(size, [](const Places& at, double unit) {
      return std::tuple(SignPattern{Pattern(at.signs)}, Isotonic{}, L1{0.2 * unit},
                        Frozen{Pattern(at.frozen)});
    });
}
TEST_CASE("Isotonic with Frozen, Clip and MaxNorm") {
  for (const double size : sizes)
    check(size, [](const Places& at, double unit) {
      return std::tuple(Frozen{Pattern(at.frozen)}, Isotonic{}, MaxNorm{0.8 * unit},
                        Clip{-0.7 * unit, 0.9 * unit});
    });
}
