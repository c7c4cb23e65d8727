// SPDX-License-Identifier: MIT
#include "espalier/core/type_name.hpp"

#include <string_view>

#include "../catch.hpp"

using namespace espalier;

namespace {

template <class T>
constexpr std::string_view name_of() {
  return detail::short_name(detail::type_name<T>());
}

struct Plain {
  struct Inner {};
};
template <class...>
struct Template {};

}  // namespace

TEST_CASE("The short name of a class is without scopes and arguments") {
  STATIC_REQUIRE(name_of<Plain>() == "Plain");
  STATIC_REQUIRE(name_of<Plain::Inner>() == "Inner");
  STATIC_REQUIRE(name_of<Template<>>() == "Template");
  STATIC_REQUIRE(name_of<Template<Plain::Inner, int>>() == "Template");
  struct Local {};
  CHECK(name_of<Local>() == "Local");
}

TEST_CASE("What has no name is called unnamed") {
  const auto lambda = [] {};
  CHECK(name_of<decltype(lambda)>() == "unnamed");
}
