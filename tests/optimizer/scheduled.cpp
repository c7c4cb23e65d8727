// SPDX-License-Identifier: MIT
#include "espalier/optimizer/scheduled.hpp"

#include "../support.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "espalier/constraint/top_k.hpp"
#include "espalier/layer/policies.hpp"
#include "espalier/optimizer/schedule.hpp"
#include "espalier/pack/any_pack.hpp"

using namespace espalier;

namespace {

/// The factor is one half of one half ... once for each epoch.
constexpr ExponentialDecay halving{.factor = 0.5};

}  // namespace

TEST_CASE("The strength, the radius, the bound or what a policy says itself is multiplied") {
  Scheduled l1{L1{0.5}, halving};
  CHECK(l1.policy == L1{0.5});
  l1.follow({.step = 7, .epoch = 2});
  CHECK(l1.policy == L1{0.125});
  CHECK((l1.base() == L1{0.5} && l1.factor() == 0.25));
  Scheduled ball{PerInput{MaxNorm{.radius = 4, .metric = Metric::euclidean}}, halving};
  ball.follow({.step = 7, .epoch = 1});
  CHECK(ball.policy == PerInput{MaxNorm{.radius = 2, .metric = Metric::euclidean}});
  Scheduled spectral{SpectralBall{4}, halving};
  spectral.follow({.step = 7, .epoch = 3});
  CHECK(spectral.policy == SpectralBall{0.5});
}

TEST_CASE("The k of TopK is rounded, and at least 1") {
  Scheduled top{TopK{11}, halving};
  const auto k_in = [&](long epoch) { return top.follow({.step = 1, .epoch = epoch}), top.policy.k; };
  CHECK(k_in(0) == 11);
  CHECK(k_in(1) == 6);  // 5.5
  CHECK(k_in(2) == 3);  // 2.75
  CHECK(k_in(3) == 1);  // 1.375
  CHECK(k_in(9) == 1);  // 0.02
}

TEST_CASE("A schedule that remembers a run begins anew at step 0") {
  Scheduled l1{L1{1}, OnPlateau{.factor = 0.5, .patience = 0}};
  const auto strength = [&](long step, long epoch, double loss) {
    l1.follow({.step = step, .epoch = epoch, .loss = loss});
    return l1.policy.strength;
  };
  CHECK(strength(0, 0, 1) == 1);
  CHECK(strength(1, 1, 1) == 1);
  CHECK(strength(2, 2, 1) == 0.5);
  auto copy = l1;
  CHECK(strength(3, 3, 1) == 0.25);
  copy.follow({.step = 3, .epoch = 3, .loss = 0});  // it has a memory of its own
  CHECK(copy.policy.strength == 0.5);
  CHECK(strength(0, 0, 1) == 1);
}

TEST_CASE("Copies of a schedule are equal, and those that are written alike; the factor does not matter") {
  Scheduled one{L1{1}, halving};
  const Scheduled same{L1{1}, halving}, other{L1{2}, halving}, slower{L1{1}, ExponentialDecay{0.75}};
  one.follow({.step = 1, .epoch = 1});
  CHECK(one == same);
  CHECK(!(one == other));
  CHECK(!(one == slower));
  const auto lambda = [](const Progress&) { return 0.5; };
  const Scheduled first{L1{1}, lambda}, second{L1{1}, lambda}, copy = first;
  CHECK(first == copy);
  CHECK(!(first == second));
}

TEST_CASE("A pack has the numbers that its schedules have, in Every too, and can be given their factors") {
  const AnyPack<double> pack(
      Pack(Every{3, Scheduled{PerInput{MaxNorm{2}}, halving}}, Scheduled{L1{1}, halving}));
  CHECK(pack.scheduled());
  CHECK(pack.names()[0] == "MaxNorm per input every n steps");
  CHECK(pack.names()[1] == "L1");
  CHECK(pack.factors() == std::vector<double>{1, 1});
  const auto later = pack.in_progress({.step = 5, .epoch = 2});
  CHECK(later.factors() == std::vector<double>{0.25, 0.25});
  CHECK(later.find<MaxNorm>()->radius == 0.5);
  CHECK(later.find<L1>()->strength == 0.25);
  CHECK(later.in_step(1).find<L1>()->strength == 0.25);
  CHECK(later.slope_bound() == 0.25);
  CHECK(pack.find<L1>()->strength == 1);
  CHECK(pack.with_factors(std::vector<double>{0.5, 3}).find<MaxNorm>()->radius == 1);
  CHECK(pack.with_factors(std::vector<double>{0.5, 3}).find<L1>()->strength == 3);
  CHECK(!AnyPack<double>(Pack(L1{1})).scheduled());
}

TEST_CASE("On biases a schedule, and Every, leave a policy of vectors one of all of them") {
  const Bias bias{Every{2, Scheduled{MaxNorm{1}, halving}}};
  CHECK(decltype(bias.pack)::grain == Grain::whole);
  CHECK(decltype(Bias{Every{2, MaxNorm{1}}}.pack)::grain == Grain::whole);
  CHECK(AnyPack<float>(bias.pack).in_progress({.step = 1, .epoch = 1}).template find<MaxNorm>()->radius ==
        0.5);
}

TEST_CASE("For people a text says what a policy is now, for comparison what it was written as") {
  const auto pack = AnyPack<float>(Pack(Scheduled{L1{1}, halving})).in_progress({.step = 1, .epoch = 1});
  CHECK(pack.text(0) == "L1{strength = 0.5, factor = 0.5, schedule = ExponentialDecay{factor = 0.5}}");
  CHECK(pack.text(0, detail::Detail::all) == "L1{strength = 1, schedule = ExponentialDecay{factor = 0.5}}");
}

TEST_CASE("A factor that makes no sense, no schedule and one by reference are refused") {
  Scheduled wrong{L1{1}, [](const Progress&) { return -1.0; }};
  CHECK(message_of([&] { wrong.follow({.step = 1}); }) ==
        "Scheduled: expected a factor of the schedule >= 0 and finite, found -1");
  CHECK(wrong.policy == L1{1});
  CHECK(message_of([] {
          Scheduled{L1{1}, AnySchedule{}};
        }) == "Scheduled: expected a schedule, found an empty one");
  ExponentialDecay shared;
  CHECK(message_of([&] {
          Scheduled{L1{1}, std::ref(shared)};
        }) == "Scheduled: expected a schedule by value, found std::ref");
}
