// SPDX-License-Identifier: MIT
#include "espalier/pack/grain.hpp"

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/induced_norm.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/orthonormal.hpp"
#include "espalier/constraint/symmetric.hpp"

using namespace espalier;

TEST_CASE("A pack looks at what its widest policy looks at") {
  CHECK(detail::PackGrain<Clip>::grain == Grain::element);
  CHECK(detail::PackGrain<Clip, MaxNorm>::grain == Grain::row);
  CHECK(detail::PackGrain<PerInput<MaxNorm>, Clip>::grain == Grain::column);
  CHECK(detail::PackGrain<Whole<MaxNorm>>::grain == Grain::whole);
  CHECK(detail::PackGrain<Every<PerInput<MaxNorm>>>::grain == Grain::column);
  CHECK(detail::PackGrain<OneNorm>::grain == Grain::column);
  CHECK(detail::PackGrain<Clip, Symmetric>::grain == Grain::whole);
  CHECK(detail::PackGrain<Orthonormal>::grain == Grain::matrix);
}

TEST_CASE("Groups are rows, columns or all of a weight") {
  CHECK(detail::PackGrain<MaxNorm>::group_size(3, 5) == 5);
  CHECK(detail::PackGrain<MaxNorm>::group_count(3, 5) == 3);
  CHECK(detail::PackGrain<OneNorm>::group_size(3, 5) == 3);
  CHECK(detail::PackGrain<OneNorm>::group_count(3, 5) == 5);
  CHECK(detail::PackGrain<Whole<MaxNorm>>::group_size(3, 5) == 15);
  CHECK(detail::PackGrain<PerBlock<2, MaxNorm>, Clip>::group_size(3, 6) == 2);
  CHECK(detail::PackGrain<PerBlock<2, MaxNorm>, Clip>::group_count(3, 6) == 9);
  CHECK(detail::PackGrain<Orthonormal>::group_count(3, 5) == 1);
}
