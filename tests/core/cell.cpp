// SPDX-License-Identifier: MIT
#include "espalier/core/cell.hpp"

#include "catch.hpp"

using namespace espalier;

namespace {

struct Placed {
  template <Scalar S>
  S at(Cell cell) const {
    return static_cast<S>(10 * cell.row + cell.col);
  }
};
struct Starting {
  template <Scalar S>
  S keep(S w, Cell) const {
    return 2 * w;
  }
};
struct OnlyFloat {
  template <std::same_as<float> S>
  S at(Cell) const {
    return 1;
  }
};

}  // namespace

TEST_CASE("A policy keeps numbers if it says them of a place, or of the weight at the start") {
  STATIC_REQUIRE((PlacedPolicy<Placed> && !StartingPolicy<Placed> && KeepsNumbers<Placed>));
  STATIC_REQUIRE((!PlacedPolicy<Starting> && StartingPolicy<Starting> && KeepsNumbers<Starting>));
  STATIC_REQUIRE((!KeepsNumbers<OnlyFloat> && !KeepsNumbers<int>));
  CHECK(Placed{}.at<double>({3, 4}) == 34);
}

TEST_CASE("The numbers of each policy follow those of the one before that keeps any") {
  STATIC_REQUIRE(detail::memory_place<Starting, int, Placed, float, Starting> == 1);
  STATIC_REQUIRE(detail::memory_place<Placed, int, Placed, float, Starting> == 0);
  const float numbers[8] = {0, 1, 2, 3, 10, 11, 12, 13};
  const PolicyMemory<float> memory{numbers, 4};
  CHECK(memory.of(1)[2] == 12);
  CHECK(memory.from(3).of(1)[0] == 13);
  CHECK(PolicyMemory<float>{}.from(3).of(1) == nullptr);
}
