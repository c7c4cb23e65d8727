// SPDX-License-Identifier: MIT
#include "espalier/pack/pace.hpp"

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/pack/any_pack.hpp"
#include "support.hpp"

using namespace espalier;

TEST_CASE("A policy in Every acts in each n-th step, the others in all") {
  const AnyPack<float> pack(Pack(L1{0.5}, Every{3, PerInput{MaxNorm{2}}}, Clip{-1, 1}));
  CHECK(pack.seldom() == 1);
  CHECK(pack.traits().grain == Grain::column);
  CHECK(pack.steps_at_once() == 1);
  CHECK(pack.names()[1] == "MaxNorm per input every n steps");
  for (const long step : {3L, 6L, 300L}) CHECK(&pack.in_step(step) == &pack);
  for (const long step : {1L, 2L, 4L, 299L}) {
    CHECK(pack.in_step(step) == AnyPack<float>(Pack(L1{0.5}, Clip{-1, 1})));
    CHECK(pack.in_step(step).slope_bound() == 0.5);
  }
  const AnyPack<float> plain(Pack(L1{0.5}, Clip{-1, 1}));
  CHECK((&plain.in_step(1) == &plain && plain.seldom() == -1));
}

TEST_CASE("A penalty in Every stands for n steps, and for one metric in all of them") {
  const AnyPack<double> pack(Pack(Every{4, L1{0.5}}));
  CHECK(pack.steps_at_once() == 4);
  CHECK(pack.in_step(1).steps_at_once() == 1);
  CHECK(pack.in_step(1).empty());
  CHECK(pack.in_step(1).slope_bound() == 0.5);
}

TEST_CASE("A changed policy in Every is changed in all steps") {
  const AnyPack<double> pack(Pack(Every{4, L1{0.5}}, Clip{-1, 1}));
  const auto changed = pack.edited<Every<L1>>([](Every<L1>& p) { p.n = 2, p.policy.strength = 3; });
  CHECK((&changed.in_step(2) == &changed && changed.steps_at_once() == 2 && changed.slope_bound() == 3));
  CHECK(changed.in_step(1).slope_bound() == 3);
  const auto clipped = pack.edited<Clip>([](Clip& p) { p.hi = 2; });
  CHECK(clipped.in_step(1).find<Clip>()->hi == 2);
}

TEST_CASE("A policy that acts at every 0th step is refused") {
  const AnyPack<float> never(Pack<Every<MaxNorm>>({0, MaxNorm{1}}));
  CHECK(message_of([&] { never.validate("0.weight", 1, 1); }) ==
        "0.weight: expected Every{n, ...} with n >= 1, found 0");
}
