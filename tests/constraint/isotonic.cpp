// SPDX-License-Identifier: MIT
#include "espalier/constraint/isotonic.hpp"

#include "catch.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

TEST_CASE("Neighbors in the wrong order become their mean, weighted by one over the step size") {
  CHECK(constrained(Pack(Isotonic{}), Numbers<double>{3, 1, 2, 5}) == Numbers<double>{2, 2, 2, 5});
  CHECK(constrained(Pack(Isotonic{}), Numbers<double>{3, 1}, {1, 3}) == Numbers<double>{2.5, 2.5});
}

TEST_CASE("With Clip it is the regression, clipped") {
  CHECK(constrained(Pack(Isotonic{}, Clip{0, 2}), Numbers<double>{-1, 3, 1, 4}) ==
        Numbers<double>{0, 2, 2, 2});
}

TEST_CASE("Rows that rise are not touched; no numbers do") {
  const Numbers<float> rising{-1, 0, 0, 7};
  CHECK(constrained(Pack(Isotonic{}), rising) == rising);
  CHECK(constrained(Pack(Isotonic{}), Numbers<float>{5}) == Numbers<float>{5});
}

TEST_CASE("Means of the largest doubles are finite") {
  const double most = std::numeric_limits<double>::max();
  const auto x = constrained(Pack(Isotonic{}), Numbers<double>{most, -most / 2});
  CHECK(x[0] == Catch::Approx(most / 4));
  CHECK(x[1] == x[0]);
}
