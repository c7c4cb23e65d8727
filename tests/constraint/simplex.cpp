// SPDX-License-Identifier: MIT
#include "espalier/constraint/simplex.hpp"

#include "../support.hpp"
#include "catch.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(VectorSet<Simplex> && Policy<Simplex>);

TEST_CASE("The nearest point of the simplex lowers all weights alike, and what falls below zero is zero") {
  CHECK(constrained(Pack(Simplex{}), Numbers<double>{0.5, 1.5, -3}) == Numbers<double>{0, 1, 0});
  CHECK(constrained(Pack(Simplex{2}), Numbers<double>{1, 2, 0.25}) == Numbers<double>{0.5, 1.5, 0});
  // y - mu t = (1 - mu, 2 - 3 mu): the sum is 1 at mu = 1/2.
  CHECK(constrained(Pack(Simplex{}), Numbers<double>{1, 2}, {1, 3}) == Numbers<double>{0.5, 0.5});
}

TEST_CASE("A row on the simplex is not touched, a single weight is the sum") {
  const Numbers<float> inside{0.25F, 0.5F, 0.25F, 0};
  CHECK(constrained(Pack(Simplex{}), inside) == inside);
  CHECK(constrained(Pack(Simplex{3}), Numbers<float>{-7}) == Numbers<float>{3});
}

TEST_CASE("The sum must be positive, and within reach of an interval") {
  CHECK_THROWS_AS(Simplex{0}.validate(), ValueError);
  CHECK_THROWS_AS(Pack(Simplex{}, Clip{0, 0.2}).validate("0.weight", 4), ValueError);
  CHECK_NOTHROW(Pack(Simplex{}, Clip{0, 0.25}).validate("0.weight", 4));
}
