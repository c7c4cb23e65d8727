// SPDX-License-Identifier: MIT
#include "espalier/pack/schedules.hpp"

#include "../catch.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/pack/pack.hpp"

using namespace espalier;

TEST_CASE("A pack without schedules has no function for them, and says its policies as they are") {
  CHECK(detail::schedule_of<Pack<L1>>() == nullptr);
  CHECK(detail::described_in_time(L1{2}, detail::Detail::all) == L1{2});
  CHECK(detail::described_in_time(Every{3, L1{2}}, detail::Detail::beginning) == L1{2});
}
