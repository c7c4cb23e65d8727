// SPDX-License-Identifier: MIT
#include "espalier/pack/penalty.hpp"

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"

using namespace espalier;

TEST_CASE("Each penalty has its value, and what is none has 0") {
  const double w[]{3, -4};
  CHECK(detail::penalty_of<false>(L1{2}, w, 2) == 14);
  CHECK(detail::penalty_of<true>(L1{2}, w, 2) == 0);
  CHECK(detail::penalty_of<true>(L2{2}, w, 2) == 25);
  CHECK(detail::penalty_of<false>(Clip{-1, 1}, w, 2) == 0);
  CHECK(detail::vector_penalty_of(GroupLasso{1}, w, 2) == Approx(5 * std::sqrt(2.0)));
  CHECK(detail::vector_penalty_of(L1{2}, w, 2) == 0);
}
