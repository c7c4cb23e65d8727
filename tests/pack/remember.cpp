// SPDX-License-Identifier: MIT
#include "espalier/pack/remember.hpp"

#include <cmath>

#include "catch.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/self_bounded.hpp"
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

TEST_CASE("A bound of norms keeps one number for all weights of a vector, once they are in their sets") {
  const Pack rows(MaxNormFrom{initial(2)}, Mask{1, 0, 1});
  const Pack columns(PerInput{MaxNormFrom{initial(2)}});
  STATIC_REQUIRE(rows.memories == 2);
  STATIC_REQUIRE(rows.starting == 1);
  const double w[6] = {3, 0, 4, 4, 0, 3};
  double numbers[16] = {};
  const auto all_of = [&](double a, double b) {
    return numbers[0] == a && numbers[2] == a && numbers[3] == b;
  };
  for (const Remember when : {Remember::opened, Remember::started}) {
    detail::remember(rows, Block<const double>{w, 2, 3}, numbers, 8, when);
    CHECK((all_of(-1, -1) && numbers[9] == 0 && numbers[10] == 1));
  }
  detail::remember(rows, Block<const double>{w, 2, 3}, numbers, 8, Remember::settled);
  CHECK(all_of(10, 10));
  detail::remember(columns, Block<const double>{w, 2, 3}, numbers, 8, Remember::edited);
  CHECK(all_of(10, 10));
  detail::remember(columns, Block<const double>{w, 2, 3}, numbers, 8, Remember::settled);
  CHECK((numbers[0] == 10 && numbers[3] == 10 && numbers[1] == -1 && numbers[5] == 10));
}

TEST_CASE("Policies that watch steps see each vector, and change what they keep of it") {
  using Watching = Pack<L1, MaxNormFrom>;
  const Watching pack(L1{1}, MaxNormFrom{warm_start(2)});
  const double w[4] = {3, 4, 0, 0};
  double numbers[4] = {-1, -1, -1, -1};
  CHECK(detail::watch_of<double, Pack<L1>>() == nullptr);
  const auto watch = detail::watch_of<double, Watching>();
  watch(&pack, {w, 2, 2}, numbers, 8, 1);
  CHECK(numbers[0] == -1);
  watch(&pack, {w, 2, 2}, numbers, 8, 2);
  CHECK((numbers[0] == 5 && numbers[1] == 5 && numbers[2] == -1));
}
