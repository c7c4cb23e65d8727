// SPDX-License-Identifier: MIT
#include "espalier/core/policy_name.hpp"

#include "../catch.hpp"
#include "espalier/constraint/max_norm.hpp"

using namespace espalier;

namespace {
struct Nameless {};
}  // namespace

TEST_CASE("A policy has the name that it says, else that of its type, with the words for on what and when") {
  CHECK(policy_name<MaxNorm>() == "MaxNorm");
  CHECK(policy_name<Nameless>() == "Nameless");
  CHECK(detail::written_name<MaxNorm>() == "MaxNorm");
  CHECK(detail::written_name<PerInput<MaxNorm>>() == "MaxNorm per input");
  CHECK(detail::written_name<PerBlock<4, MaxNorm>>() == "MaxNorm per block");
  CHECK(detail::written_name<Whole<MaxNorm>>() == "MaxNorm of all");
  CHECK(detail::written_name<Every<PerInput<MaxNorm>>>() == "MaxNorm per input every n steps");
}
