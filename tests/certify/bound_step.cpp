// SPDX-License-Identifier: MIT
#include "espalier/certify/bound_step.hpp"

#include "../catch.hpp"

using namespace espalier;

TEST_CASE("Norms of a weight that is off by a share of its numbers are those of the largest it can be") {
  const detail::MadeWeight off{2, 2, {3, 0, 0, -4}, 0.25};
  const NormBounds bounds = detail::norms_above(off);
  CHECK((bounds.one >= 5 && bounds.one < 5 + 1e-12));
  CHECK((bounds.infinity >= 5 && bounds.infinity < 5 + 1e-12));
  CHECK((bounds.two >= 5 && bounds.two < 4 + 5 * 0.25 + 1e-12));  // by its Frobenius norm, 5
}

TEST_CASE("Slopes count by their size, and layers one behind the other by their product") {
  CHECK(detail::bounds_of(Slopes{-3, 2}) == NormBounds{3, 3, 3});
  CHECK(detail::bounds_of(Slopes{0, 0.25}) == NormBounds{0.25, 0.25, 0.25});
  const NormBounds both = detail::one_after_other({2, 3, 1}, {5, 7, 0});
  CHECK((both.one >= 10 && both.two >= 21 && both.infinity == 0));
  CHECK(both.two < 21 + 1e-12);
}
