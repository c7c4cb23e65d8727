// SPDX-License-Identifier: MIT
#include "espalier/constraint/sum_to.hpp"

#include "../support.hpp"
#include "catch.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(VectorSet<SumTo> && Policy<SumTo>);

TEST_CASE("The nearest row of a sum takes the same from each weight, or in proportion to its step size") {
  // mu (t_1 + t_2) is what the sum is too large by.
  CHECK(constrained(Pack(SumTo{1}), Numbers<double>{2, 3}) == Numbers<double>{0, 1});
  CHECK(constrained(Pack(SumTo{1}), Numbers<double>{2, 3}, {1, 3}) == Numbers<double>{1, 0});
  CHECK(constrained(Pack(ZeroSum{}), Numbers<double>{1, 2, 3}) == Numbers<double>{-1, 0, 1});
}

TEST_CASE("With Clip it is the nearest row of both, which neither order of the two finds") {
  // 2 - mu, 3 - mu in [0, 1.5] with the sum 2: mu = 1.5.
  CHECK(constrained(Pack(SumTo{2}, Clip{0, 1.5}), Numbers<double>{2, 3}) == Numbers<double>{0.5, 1.5});
}

TEST_CASE("A sum that the interval cannot give is refused") {
  CHECK(message_of([] {
          Pack(SumTo{5}, Clip{0, 0.001}).validate("0.weight", 3);
        }) ==
        "0.weight: expected constraint sets that have a point in common, found an empty intersection of "
        "SumTo, Clip");
  CHECK_NOTHROW(Pack(SumTo{5}, Clip{0, 2}).validate("0.weight", 3));
}
