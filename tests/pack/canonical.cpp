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
