// SPDX-License-Identifier: MIT
#include "espalier/pack/remember.hpp"

#include <cmath>

#include "catch.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/pack/pack.hpp"

using namespace espalier;
using detail::Remember;

TEST_CASE("Places say their numbers at any time, starts keep the weights, and a changed set follows them") {
  const Pack pack(L2ToStart{1}, L1{1}, Mask{1, 0, 1}, Frozen{0, 1, 0});
  STATIC_REQUIRE(pack.memories == 3);
  const double w[6] = {1, 2, 3, 4, 5, 6}, later[6] = {7, 8, 9, 10, 11, 12};
  double numbers[24];
  const double *start = numbers, *mask = numbers + 8, *frozen = numbers + 16;
  detail::remember(pack, Block<const double>{w, 2, 3}, numbers, 8, Remember::opened);
  CHECK((start[0] == 0 && mask[1] == 0 && mask[5] == 1 && std::isnan(frozen[1]) && std::isnan(frozen[0])));
  detail::remember(pack, Block<const double>{w, 2, 3}, numbers, 8, Remember::started);
  CHECK((start[0] == 1 && start[5] == 6 && mask[4] == 0 && frozen[1] == 2 && frozen[4] == 5));
  CHECK(std::isnan(frozen[3]));
  detail::remember(pack, Block<const double>{later, 2, 3}, numbers, 8, Remember::edited);
  CHECK((start[0] == 1 && frozen[1] == 8));
}
