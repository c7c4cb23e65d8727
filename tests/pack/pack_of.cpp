// SPDX-License-Identifier: MIT
#include "espalier/pack/pack_of.hpp"

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"

using namespace espalier;

namespace {

struct KeepsClip {
  template <class P>
  static constexpr bool keeps = std::is_same_v<P, Clip>;
};

}  // namespace

TEST_CASE("What is not kept leaves no trace in the pack") {
  CHECK(detail::pack_of<KeepsClip>(L1{1}, Clip{-2, 3}) == Pack(Clip{-2, 3}));
  STATIC_REQUIRE(std::is_same_v<detail::PackOf<KeepsClip, L1, Clip>, Pack<Clip>>);
  STATIC_REQUIRE(std::is_same_v<detail::PackOf<KeepsClip, L1>, Pack<>>);
}
