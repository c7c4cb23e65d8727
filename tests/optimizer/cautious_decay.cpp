// SPDX-License-Identifier: MIT
#include "espalier/optimizer/cautious_decay.hpp"

#include <limits>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/muon.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

TEMPLATE_TEST_CASE("Decay spares the weights that the step makes larger, and no others", "", float, double) {
  const TestType least = std::numeric_limits<TestType>::denorm_min();
  std::vector<TestType> w{2, 2, 2, -2, -2, -2, 0, least, 1};
  const std::vector<TestType> moved{1, -1, 0, 1, -1, 0, 1, -1, least};
  detail::decay_with_step(TestType(0.5), moved.data(), w.data(), static_cast<Index>(w.size()));
  CHECK(std::vector<TestType>(w.begin(), w.begin() + 7) == std::vector<TestType>{2, 1, 1, -1, -2, -1, 0});
  CHECK(w[7] == TestType(0.5) * least);
  CHECK(w[8] == 1);
}

TEST_CASE("Of one weight: it decays where the step leads to zero or there is none") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, WeightDecay{.strength = 0.5, .cautious = true}));
  detail::arena(net)[0] = 2;
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  CHECK(step_with(net, optimizer, -1) == Approx(2.1).epsilon(1e-15));
  CHECK(step_with(net, optimizer, 1) == Approx(2.1 * 0.95 - 0.1).epsilon(1e-15));
  CHECK(step_with(net, optimizer, 0) == Approx((2.1 * 0.95 - 0.1) * 0.95).epsilon(1e-15));
}

TEST_CASE("The step is that of the moments, and one too short for the weight to show it has a sign") {
  auto net = Sequential(Dense(1, 1, NoBias{}, WeightDecay{.strength = 0.5, .cautious = true}));
  Optimizer optimizer{SGD{.learning_rate = 1e-3, .momentum = 0.9}};
  detail::arena(net)[0] = 1;
  step_with(net, optimizer, -1);
  const float before = net.values()[0];
  CHECK(step_with(net, optimizer, 0.5) > before);  // the momentum -0.9 + 0.5 still makes it larger
  Optimizer slow{SGD{.learning_rate = 1e-3}};
  detail::arena(net)[0] = 1;
  CHECK(step_with(net, slow, -1e-9) == 1);
  CHECK(step_with(net, slow, 1e-9) == static_cast<double>(1 - 0.5e-3F));
}

namespace {

/// Twenty steps on gradients of one sign, from weights of 1: all steps make weights smaller, or none does.
template <class... Extras, class RuleType, class... Policies>
std::vector<float> run(const RuleType& rule, float gradient, const WeightDecay& decay,
                       const Policies&... policies) {
  auto net = Sequential(Dense(67, 31, decay, policies...));  // more than a chunk, no whole lines
  std::ranges::fill(detail::arena(net.parameters()), 1.0F);
  net.parameters().clear_gaps_of_values();
  project(net);
  Optimizer optimizer{rule, Extras{}...};
  Rng rng(1);
  for (int k = 0; k < 20; ++k) {
    net.for_each_parameter([&](const auto& p) {
      for (Index i = 0; i < p.size(); ++i) p.gradients[i] = gradient * static_cast<float>(1 + rng.uniform());
    });
    optimizer.step(net);
  }
  return numbers_of(net);
}

template <class... Extras, class RuleType, class... Policies>
void check(const RuleType& rule, const Policies&... policies) {
  const auto weights = [&](float gradient, double strength, bool cautious) {
    return run<Extras...>(rule, gradient, WeightDecay{.strength = strength, .cautious = cautious},
                          policies...);
  };
  const auto same = [](const std::vector<float>& a, const std::vector<float>& b) {
    float most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
    return most < 1e-5F;
  };
  CHECK(same(weights(1, 2, true), weights(1, 2, false)));
  CHECK_FALSE(same(weights(1, 2, true), weights(1, 0, false)));
  CHECK(same(weights(-1, 2, true), weights(-1, 0, false)));
}

}  // namespace

TEST_CASE("In every form of the step it is plain decay, or none, where all weights are alike") {
  check(Adam{.learning_rate = 0.01});
  check(SGD{.learning_rate = 0.001, .momentum = 0.9, .at_bound = AtBound::displacement}, Clip{0.5, 1.1},
        L1{0});
  check(Adam{.learning_rate = 0.01}, L1{0.01}, MaxNorm{8.5});
  check(Adam{.learning_rate = 0.01}, PerInput{MaxNorm{5.6}});
}

TEST_CASE("Before a transform of the update it is the same") {
  check<NormalizeUpdate>(SGD{.learning_rate = 0.01});
}

TEST_CASE("Under a rule that sees matrices it waits for the step of the matrix") {
  const auto net_with = [](double strength, bool cautious) {
    return sequential<double>(Dense(2, 2, NoBias{}, WeightDecay{.strength = strength, .cautious = cautious}));
  };
  auto net = net_with(0.5, true), free = net_with(0, false);
  Optimizer optimizer{Muon{.learning_rate = 0.1}}, other = optimizer;
  for (auto* each : {&net, &free}) {
    std::ranges::copy(std::vector<double>{1, 1, -1, 1}, detail::arena(each->parameters()).begin());
    std::ranges::copy(std::vector<double>{1, -2, 3, 4}, each->gradients().begin());
  }
  optimizer.step(net), other.step(free);
  for (std::size_t i = 0; i < 4; ++i) {
    const double w = i == 2 ? -1 : 1, step = free.values()[i] - w;
    REQUIRE(step != 0);
    CHECK(net.values()[i] == Approx((w * step > 0 ? 1 : 0.95) * w + step).epsilon(1e-14));
  }
}

TEST_CASE("It leaves the point of rest where it is, as the rate falls, and plain decay does not") {
  const auto rest = [](bool cautious) {
    auto net = sequential<double>(Dense(2, 1, NoBias{}, WeightDecay{.strength = 0.5, .cautious = cautious}));
    Optimizer optimizer{SGD{.learning_rate = 0.2, .momentum = 0.5}};
    for (int k = 0; k < 3000; ++k) {
      optimizer.scale_rate(1 / (1 + 0.1 * k));
      net.gradients()[0] = net.values()[0] - 2, net.gradients()[1] = 3 * (net.values()[1] + 1);
      optimizer.step(net);
    }
    return std::pair{net.values()[0], net.values()[1]};
  };
  CHECK(rest(true).first == Approx(2).epsilon(2e-3));
  CHECK(rest(true).second == Approx(-1).epsilon(2e-3));
  // The gradient of the loss and 0.5 / 2 w, as a momentum of 0.5 makes the step twice as long.
  CHECK(rest(false).first == Approx(2 / 1.25).epsilon(2e-3));
  CHECK(rest(false).second == Approx(-3 / 3.25).epsilon(2e-3));
}
