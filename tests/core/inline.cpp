// SPDX-License-Identifier: MIT
#include "espalier/core/inline.hpp"

#include "catch.hpp"

namespace {

ESPALIER_INLINE int twice(int x) { return 2 * x; }

struct Thrice {
  ESPALIER_INLINE int operator()(int x) const { return 3 * x; }
};

}  // namespace

TEST_CASE("what is inlined everywhere is a function, a member or a lambda like others") {
  const auto half = [](int x) ESPALIER_INLINE_LAMBDA { return x / 2; };
  CHECK(twice(4) == 8);
  CHECK(Thrice{}(4) == 12);
  CHECK(half(4) == 2);
  int (*const address)(int) = &twice;
  CHECK(address(5) == 10);
}
