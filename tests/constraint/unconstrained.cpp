// SPDX-License-Identifier: MIT
#include "espalier/constraint/unconstrained.hpp"

#include <limits>

#include "catch.hpp"
#include "rows.hpp"

using namespace espalier;

static_assert(ElementSet<Unconstrained> && Policy<Unconstrained>);

TEMPLATE_TEST_CASE("without a constraint every weight is feasible and stays", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  const test::Numbers<TestType> row{0, -0.0, 1, Limits::max(), Limits::lowest(), Limits::denorm_min()};
  const Pack pack(Unconstrained{});
  CHECK(test::contains(pack, row));
  CHECK(test::same_bits(test::constrained(pack, row), row));
  CHECK(test::same_bits(test::constrained(Pack<>{}, row), row));
  CHECK_NOTHROW(pack.validate("here", 3));
}
