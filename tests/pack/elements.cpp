// SPDX-License-Identifier: MIT
#include "espalier/pack/elements.hpp"

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("All element policies of a pack act at once, the penalties first", "", float, double) {
  using S = TestType;
  const std::tuple policies(Clip{-1, 2}, MaxNorm{1}, L1{0.5});
  const detail::Elements<true, Clip, MaxNorm, L1> all{policies};
  CHECK(all.prox(S(4), S(2)) == 3);
  CHECK(all.project(S(3)) == 2);
  CHECK(all.cost(S(-3)) == 1.5);
  const detail::Elements<false, Clip, MaxNorm, L1> sets{policies};
  CHECK(sets.prox(S(4), S(2)) == 4);
  CHECK(sets.project(S(3)) == 2);
  CHECK(sets.cost(S(-3)) == 0);
  for (const S y : {S(4), S(-4), S(1.5), S(0.5), S(0)}) {
    CHECK(all.line(Line<S>(y), Line<S>(S(2))).array()[0] == all.project(all.prox(y, S(2))));
    CHECK(sets.line(Line<S>(y), Line<S>(S(2))).array()[0] == sets.project(y));
  }
}

TEST_CASE("What kind of element policies there are is known") {
  using detail::Elements;
  STATIC_REQUIRE(Elements<true, MaxNorm>::none);
  STATIC_REQUIRE(Elements<false, MaxNorm, L1>::none);
  STATIC_REQUIRE(!Elements<true, MaxNorm, L1>::none);
  STATIC_REQUIRE(!Elements<false, MaxNorm, NonNegative>::none);
  STATIC_REQUIRE(Elements<true, MaxNorm, NonNegative, L1>::homogeneous);
  STATIC_REQUIRE(!Elements<true, MaxNorm, Clip>::homogeneous);
}
