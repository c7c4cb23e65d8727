// SPDX-License-Identifier: MIT
#include "espalier/train/observer.hpp"

#include "espalier/layer/dense.hpp"
#include "nets.hpp"

using namespace espalier;

namespace {

using Net = decltype(Sequential{Dense(1, 1)});
struct Silent {
  void epoch(const auto&, const EpochReport&) {}
};
struct Stranger {};

}  // namespace

TEST_CASE("an observer has at least one of the members, and one that returns nothing does not end a run") {
  STATIC_REQUIRE(Observer<Silent, Net>);
  STATIC_REQUIRE_FALSE(Observer<Stranger, Net>);
  Silent silent;
  const Net net{Dense(1, 1)};
  CHECK(detail::end_epoch(silent, net, EpochReport{}));
}
