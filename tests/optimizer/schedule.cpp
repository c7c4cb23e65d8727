// SPDX-License-Identifier: MIT
#include "espalier/optimizer/schedule.hpp"

#include <vector>

#include "espalier/core/rng.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(Schedule<ConstantRate> && Schedule<StepDecay> && Schedule<ExponentialDecay> &&
              Schedule<CosineDecay>);
static_assert(Schedule<WarmUp<>> && Schedule<OneCycle> && Schedule<OnPlateau>);

namespace {

/// The factors of a run of `steps` steps.
template <Schedule S>
std::vector<double> factors(S schedule, long steps, long steps_per_epoch = 1) {
  std::vector<double> result;
  for (long k = 0; k < steps; ++k)
    result.push_back(schedule(Progress{k, steps, k / steps_per_epoch, steps / steps_per_epoch, 1}));
  return result;
}

void check_factors(const std::vector<double>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    CAPTURE(k);
    CHECK(found[k] == Catch::Approx(expected[k]).epsilon(1e-12));
  }
}

}  // namespace

TEST_CASE("any callable that makes a number of Progress is a schedule") {
  auto inverse = [](const Progress& p) { return 1.0 / static_cast<double>(1 + p.epoch); };
  STATIC_REQUIRE(Schedule<decltype(inverse)>);
  STATIC_REQUIRE(!Schedule<int>);
  check_factors(factors(inverse, 4, 2), {1, 1, 0.5, 0.5});
  CHECK(std::isnan(Progress{}.loss));
}

TEST_CASE("ConstantRate keeps the rate") { check_factors(factors(ConstantRate{}, 3), {1, 1, 1}); }

TEST_CASE("StepDecay multiplies every few epochs") {
  check_factors(factors(StepDecay{.every = 2, .factor = 0.5}, 10, 2),
                {1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25});
}

TEST_CASE("ExponentialDecay multiplies every epoch") {
  check_factors(factors(ExponentialDecay{.factor = 0.5}, 6, 2), {1, 1, 0.5, 0.5, 0.25, 0.25});
}

TEST_CASE("CosineDecay is PyTorch's CosineAnnealingLR, step by step") {
  // CosineAnnealingLR(SGD(..., lr=1), 5, eta_min=.1)
  check_factors(factors(CosineDecay{.final_factor = 0.1}, 5),
                {1, 0.9140576474687263, 0.6890576474687263, 0.41094235253127365, 0.1859423525312737});
  CHECK(CosineDecay{.final_factor = 0.1}({.step = 9, .steps = 5}) == 0.1);
}

TEST_CASE("WarmUp rises in equal steps to its schedule, which then starts") {
  check_factors(factors(WarmUp<>{.steps = 4}, 6), {0.25, 0.5, 0.75, 1, 1, 1});
  check_factors(factors(WarmUp{2, CosineDecay{.final_factor = 0.1}}, 7),
                {0.5, 1, 1, 0.9140576474687263, 0.6890576474687263, 0.41094235253127365, 0.1859423525312737});
  check_factors(factors(WarmUp{4, ExponentialDecay{.factor = 0.5}}, 6, 2),
                {0.25, 0.5, 0.375, 0.5, 0.25, 0.25});
  check_factors(factors(WarmUp<CosineDecay>{.steps = 4, .then = {.final_factor = 0.1}}, 2), {0.25, 0.5});
  check_factors(factors(WarmUp{0, ConstantRate{}}, 2), {1, 1});
  check_factors(
      factors(WarmUp{1, [](const Progress& p) { return static_cast<double>(p.step + 10 * p.steps); }}, 3),
      {20, 20, 21});
}

TEST_CASE("OneCycle is PyTorch's OneCycleLR in two phases") {
  // OneCycleLR(SGD(..., lr=1), 1.0, total_steps=10)
  check_factors(factors(OneCycle{}, 10),
                {0.04, 0.52, 1, 0.9504846320134737, 0.8117456539497631, 0.6112620219362893,
                 0.38874197806371075, 0.18825834605023697, 0.049519367986526286, 4e-6});
  // OneCycleLR(SGD(..., lr=1), 1.0, total_steps=10, pct_start=.25, div_factor=10, final_div_factor=100)
  check_factors(factors(OneCycle{.warm_fraction = 0.25, .start_factor = 0.1, .final_factor = 0.001}, 10),
                {0.1, 0.775, 0.9890847265665359, 0.9046039886902862, 0.75025, 0.552711967402193,
                 0.3461460113097138, 0.16626926212375048, 0.044184043907520815, 0.001});
}

TEST_CASE("OneCycle at its limits") {
  check_factors(factors(OneCycle{.warm_fraction = 1, .start_factor = 0, .final_factor = 0}, 3), {0, 0.5, 1});
  check_factors(factors(OneCycle{.warm_fraction = 1}, 1), {1});
  CHECK(factors(OneCycle{.warm_fraction = 0, .final_factor = 0.5}, 4).back() == 0.5);
  CHECK(OneCycle{.final_factor = 0.5}({.step = 99, .steps = 10}) == 0.5);
}

TEST_CASE("OnPlateau is PyTorch's ReduceLROnPlateau") {
  // s = ReduceLROnPlateau(SGD(..., lr=1), factor=.5, patience=1, threshold=.1, cooldown=2, min_lr=.2);
  // s.step(loss)
  const std::vector<double> losses{1,   0.95, 0.85, 0.84, 0.83, 0.82, 0.82, 0.82, 0.82,
                                   0.7, 0.7,  0.7,  0.7,  0.7,  0.7,  0.7,  0.7,  0.7};
  const std::vector<double> expected{1,    1,    1,    1,   1,   0.5, 0.5, 0.5, 0.5, 0.25,
                                     0.25, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2};
  OnPlateau schedule{.factor = 0.5, .patience = 1, .threshold = 0.1, .minimum = 0.2, .cooldown = 2};
  std::vector<double> found{schedule({.loss = std::numeric_limits<double>::quiet_NaN()})};
  for (std::size_t k = 0; k < losses.size(); ++k) {
    const Progress p{.epoch = static_cast<long>(k) + 1, .loss = losses[k]};
    found.push_back(schedule(p));
    CHECK(schedule(p) == found.back());  // further steps of the epoch do not count its loss again
  }
  check_factors(found, expected);
}

TEST_CASE("OnPlateau's threshold is relative to the best loss") {
  OnPlateau schedule{.factor = 0.5, .patience = 0, .threshold = 0.1};
  CHECK(schedule({.epoch = 1, .loss = 10}) == 1);
  CHECK(schedule({.epoch = 2, .loss = 8.9}) == 1);
  CHECK(schedule({.epoch = 3, .loss = 8.1}) == 0.5);
}

TEST_CASE("a copy of OnPlateau continues alike") {
  OnPlateau schedule{.factor = 0.5, .patience = 0};
  schedule({.epoch = 1, .loss = 1});
  OnPlateau copy = schedule;
  CHECK(copy == schedule);
  CHECK(schedule({.epoch = 2, .loss = 1}) == 0.5);
  CHECK(copy != schedule);
  CHECK(copy({.epoch = 2, .loss = 1}) == 0.5);
  CHECK(copy == schedule);
}

TEST_CASE("a warm-up passes losses on") {
  WarmUp schedule{4, OnPlateau{.factor = 0.5, .patience = 0}};
  CHECK(schedule({.step = 0}) == 0.25);
  CHECK(schedule({.step = 1, .epoch = 1, .loss = 1}) == 0.5);
  CHECK(schedule({.step = 2, .epoch = 2, .loss = 1}) == 0.375);
}

TEST_CASE("options of schedules that make no sense are refused, also when called") {
  const Progress p{.steps = 10};
  auto message = [&](auto schedule) {
    CHECK_THROWS_AS(schedule.validate(), ValueError);
    return message_of([&] { schedule(p); });
  };
  CHECK(message(StepDecay{.every = 0}) == "StepDecay: expected every >= 1 epochs, found 0");
  CHECK(message(StepDecay{.factor = 0}) == "StepDecay: expected factor > 0 and finite, found 0");
  CHECK(message(ExponentialDecay{.factor = -1}) ==
        "ExponentialDecay: expected factor > 0 and finite, found -1");
  CHECK(message(CosineDecay{.final_factor = -1}) ==
        "CosineDecay: expected final_factor >= 0 and finite, found -1");
  CHECK(message(WarmUp<>{.steps = -1}) == "WarmUp: expected steps >= 0, found -1");
  CHECK(message(WarmUp{1, StepDecay{.every = 0}}) == "StepDecay: expected every >= 1 epochs, found 0");
  CHECK(message(OneCycle{.warm_fraction = 1.5}) == "OneCycle: expected 0 <= warm_fraction <= 1, found 1.5");
  CHECK(message(OneCycle{.start_factor = -1}) == "OneCycle: expected start_factor >= 0 and finite, found -1");
  CHECK(message(OneCycle{.final_factor = -1}) == "OneCycle: expected final_factor >= 0 and finite, found -1");
  CHECK(message(OnPlateau{.factor = 1}) == "OnPlateau: expected 0 < factor < 1, found 1");
  CHECK(message(OnPlateau{.patience = -1}) == "OnPlateau: expected patience >= 0, found -1");
  CHECK(message(OnPlateau{.threshold = 1}) == "OnPlateau: expected 0 <= threshold < 1, found 1");
  CHECK(message(OnPlateau{.minimum = 2}) == "OnPlateau: expected 0 <= minimum <= 1, found 2");
  CHECK(message(OnPlateau{.cooldown = -1}) == "OnPlateau: expected cooldown >= 0, found -1");
}

TEST_CASE("schedules that need to know the end say so") {
  CHECK(message_of([] { CosineDecay{}(Progress{}); }) ==
        "CosineDecay: expected at least 1 planned step (Progress::steps), found 0");
  CHECK(message_of([] { OneCycle{}(Progress{}); }) ==
        "OneCycle: expected at least 1 planned step (Progress::steps), found 0");
}

TEST_CASE("For OnPlateau worse is no improvement, whatever the sign of the losses") {
  // Each loss is worse than the one before it, so the rate is reduced in each epoch after the first.
  OnPlateau schedule{.factor = 0.5, .patience = 0};
  CHECK(schedule({.epoch = 1, .loss = -1}) == 1);
  CHECK(schedule({.epoch = 2, .loss = -0.1}) == 0.5);
  CHECK(schedule({.epoch = 3, .loss = -0.01}) == 0.25);
  CHECK(schedule({.epoch = 4, .loss = 3}) == 0.125);
  CHECK(schedule.state.best == -1);
}

TEST_CASE("For OnPlateau the best loss never becomes worse") {
  Rng rng(1);
  for (int trial = 0; trial < 100; ++trial) {
    OnPlateau schedule{.factor = 0.5, .patience = 2, .threshold = rng.uniform(0, 0.5)};
    double least = std::numeric_limits<double>::infinity();
    for (long epoch = 1; epoch < 50; ++epoch) {
      const double loss = rng.normal(), before = schedule.state.best;
      schedule({.epoch = epoch, .loss = loss});
      least = std::min(least, loss);
      CHECK(schedule.state.best <= before);
      CHECK(least <= schedule.state.best);
      // The best is within the threshold of the least there was.
      CHECK(least >= schedule.state.best - schedule.threshold * std::abs(schedule.state.best));
    }
  }
}

TEST_CASE("OnPlateau's threshold asks as much of losses below zero as of those above") {
  OnPlateau schedule{.factor = 0.5, .patience = 0, .threshold = 0.1};
  CHECK(schedule({.epoch = 1, .loss = -10}) == 1);
  CHECK(schedule({.epoch = 2, .loss = -11.1}) == 1);
  CHECK(schedule({.epoch = 3, .loss = -12.1}) == 0.5);
  schedule = {.factor = 0.5, .patience = 0};
  CHECK(schedule({.epoch = 1, .loss = 0}) == 1);
  CHECK(schedule({.epoch = 2, .loss = -1e-9}) == 1);
  CHECK(schedule({.epoch = 3, .loss = 0}) == 0.5);
}
