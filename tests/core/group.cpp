// SPDX-License-Identifier: MIT
#include "espalier/core/group.hpp"

#include <concepts>

#include "catch.hpp"
#include "espalier/constraint/max_norm.hpp"

using namespace espalier;

TEST_CASE("A policy stands for itself, or behind the word that says on what it acts") {
  STATIC_REQUIRE(std::same_as<detail::Ungrouped<PerInput<MaxNorm>>, MaxNorm>);
  STATIC_REQUIRE(std::same_as<detail::Ungrouped<Whole<MaxNorm>>, MaxNorm>);
  STATIC_REQUIRE(std::same_as<detail::Ungrouped<MaxNorm>, MaxNorm>);
  STATIC_REQUIRE(PerInput<MaxNorm>::grain == Grain::column);
  STATIC_REQUIRE(Whole<MaxNorm>::grain == Grain::whole);
  STATIC_REQUIRE(std::same_as<detail::Ungrouped<PerBlock<4, MaxNorm>>, MaxNorm>);
  STATIC_REQUIRE(detail::block_of<Every<PerBlock<4, MaxNorm>>> == 4);
  CHECK(detail::ungrouped(PerInput{MaxNorm{3}}).radius == 3);
  CHECK(detail::ungrouped(per_block<4>(MaxNorm{3})).radius == 3);
  CHECK(detail::ungrouped(MaxNorm{2}).radius == 2);
}

TEST_CASE("Every stands around a policy and the word that says on what it acts") {
  using Seldom = Every<PerInput<MaxNorm>>;
  STATIC_REQUIRE(std::same_as<detail::Ungrouped<Seldom>, MaxNorm>);
  STATIC_REQUIRE((Seldom::grain == Grain::column && detail::Grouping<Seldom>::named));
  STATIC_REQUIRE((Every<MaxNorm>::grain == Grain::row && !detail::Grouping<Every<MaxNorm>>::named));
  CHECK(detail::ungrouped(Every{5, PerInput{MaxNorm{3}}}).radius == 3);
}

namespace {

struct OfColumns {
  static constexpr Grain grain = Grain::column;
};

}  // namespace

TEST_CASE("A policy may say itself on what it acts, and is then told nothing else") {
  STATIC_REQUIRE((detail::Grouping<OfColumns>::named && !detail::Grouping<MaxNorm>::named));
  STATIC_REQUIRE(std::same_as<detail::Ungrouped<OfColumns>, OfColumns>);
  STATIC_REQUIRE((Every<OfColumns>::grain == Grain::column && !detail::regroups<Every<OfColumns>>));
  STATIC_REQUIRE((detail::regroups<PerInput<OfColumns>> && detail::regroups<Every<Whole<OfColumns>>>));
  STATIC_REQUIRE((!detail::regroups<OfColumns> && !detail::regroups<PerInput<MaxNorm>>));
}
