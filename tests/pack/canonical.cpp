// SPDX-License-Identifier: MIT
#include "espalier/pack/canonical.hpp"

#include <vector>

#include "catch.hpp"

using espalier::detail::canonical_order;

namespace {

struct Apple {};
struct Banana {};
template <int n>
struct Cherry {};

/// The types by their number in the canonical order, whatever the order in which they are written.
template <class... Ts>
std::vector<std::string_view> in_order() {
  const std::vector<std::string_view> names{espalier::detail::type_name<Ts>()...};
  std::vector<std::string_view> result;
  for (const std::size_t k : canonical_order<Ts...>) result.push_back(names[k]);
  return result;
}

}  // namespace

TEST_CASE("Types have one order, however they are written") {
  const auto order = in_order<Apple, Banana, Cherry<1>, Cherry<2>>();
  CHECK(order == in_order<Cherry<2>, Banana, Cherry<1>, Apple>());
  CHECK(order == in_order<Cherry<1>, Cherry<2>, Apple, Banana>());
  CHECK(in_order<Apple, Banana>() == in_order<Banana, Apple>());
}

TEST_CASE("The order is a permutation, of nothing too") {
  STATIC_REQUIRE(canonical_order<>.empty());
  STATIC_REQUIRE(canonical_order<int>[0] == 0);
  STATIC_REQUIRE(canonical_order<Banana, Apple>[0] + canonical_order<Banana, Apple>[1] == 1);
}

TEST_CASE("The places that are kept stand in the given order") {
  using espalier::detail::kept_places, espalier::detail::written_order;
  constexpr auto kept = kept_places<4>({2, 0, 3, 1}, {true, false, true, true});
  REQUIRE(kept.count == 3);
  CHECK(std::vector<std::size_t>(kept.at.begin(), kept.at.begin() + 3) == std::vector<std::size_t>{2, 0, 3});
  constexpr auto written = kept_places(written_order<3>, {false, true, true});
  REQUIRE(written.count == 2);
  CHECK(std::vector<std::size_t>(written.at.begin(), written.at.begin() + 2) ==
        std::vector<std::size_t>{1, 2});
  STATIC_REQUIRE(kept_places<0>({}, {}).count == 0);
}
