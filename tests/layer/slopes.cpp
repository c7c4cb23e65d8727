// SPDX-License-Identifier: MIT
#include "espalier/layer/slopes.hpp"

#include "catch.hpp"

using namespace espalier;

namespace {

struct Fixed {
  static constexpr std::string_view name = "Fixed";
  static constexpr Slopes slopes() { return {0, 2}; }
};
struct Optional {
  double slope = -1;
  Slopes slopes() const { return {slope, 1}; }
};
struct Unknown {};

}  // namespace

static_assert(HasSlopes<Fixed> && HasSlopes<Optional> && !HasSlopes<Unknown>);

TEST_CASE("An activation is monotone whose least slope is not negative") {
  CHECK(Fixed{}.slopes().monotone());
  CHECK_FALSE(Optional{}.slopes().monotone());
  CHECK(Optional{0}.slopes().monotone());
}

TEST_CASE("An activation has the name that it says, else that of its type") {
  CHECK(detail::activation_name<Fixed>() == "Fixed");
  CHECK(detail::activation_name<Optional>() == "Optional");
}
