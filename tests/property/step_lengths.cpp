// SPDX-License-Identifier: MIT
// No weight moves by more than about the learning rate because a batch gave it no gradient.
#include <algorithm>
#include <cmath>
#include <vector>

#include "../nets.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

constexpr Index inputs = 40, neurons = 10;

/// Of 40 inputs the first 10 are never on, the next 10 in one batch of a hundred, then 10 in one of five, and
/// 10 in every one.
bool is_on(Index input, Rng& rng) {
  constexpr double shares[] = {0, 0.01, 0.2, 1};
  return rng.uniform() < shares[input / 10];
}

struct Longest {
  double untouched = 0,
         paused = 0;  // steps of weights that never had a gradient, that had none in this batch
};

/// The longest steps that weights without a gradient make in 5000 batches.
template <class M, class O>
Longest longest_steps(M net, O optimizer) {
  using S = typename M::scalar_type;
  initialize(net, Rng{3});
  optimizer.prepare(net);
  Rng rng(5);
  Longest longest;
  for (int step = 0; step < 5000; ++step) {
    const std::vector before(net.values().begin(), net.values().end());
    bool on[inputs];
    for (Index i = 0; i < inputs; ++i) on[i] = is_on(i, rng);
    for (Index i = 0; i < inputs * neurons; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const double outwards = 0.3 * static_cast<double>(before[k]);
      net.gradients()[k] = on[i % inputs] ? static_cast<S>(rng.normal() - outwards) : S(0);
    }
    optimizer.step(net);
    for (Index i = 0; i < inputs * neurons; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const double moved = static_cast<double>(std::abs(net.values()[k] - before[k]));
      if (on[i % inputs]) continue;
      double& most = i % inputs < 10 ? longest.untouched : longest.paused;
      most = std::max(most, moved);
    }
  }
  return longest;
}

/// `length` is the rate of every rule whose steps are about as long, over 1 - momentum; of SGD, whose
/// gradients here are below 5, five times that. L1 takes no more from a weight, and what else moves one in a
/// batch without a gradient is momentum, of Adam's up to 0.1 / sqrt(0.001) = 3.2 rates. A norm takes from all
/// weights of a row what others have gained, whose steps may be ten rates (RMSProp's after a pause: 1 /
/// sqrt(0.01)), and more from those with larger step sizes. Lion's are rate / |c|, with no bound for a weight
/// whose c happens to be small: in balls and on spheres only weights without any gradient are known to move
/// little.
template <Scalar S, class Policy>
void check_steps(const Policy& policy) {
  const auto net = sequential<S>(Dense(inputs, neurons, NoBias{}, policy));
  const auto check = [&](const char* rule, const auto& optimizer, double length) {
    const Longest longest = longest_steps(net, optimizer);
    CAPTURE(policy_name<Policy>(), rule, longest.untouched / length, longest.paused / length);
    CHECK(longest.untouched <= (NormSet<Policy> ? 2.5 : 1.0001) * length);
    if (!NormSet<Policy> || rule != std::string_view("Lion"))
      CHECK(longest.paused <= (NormSet<Policy> ? 10 : 4) * length);
  };
  check("SGD", Optimizer{SGD{.learning_rate = 1e-3}}, 5e-3);
  check("SGD with momentum", Optimizer{SGD{.learning_rate = 1e-3, .momentum = 0.9}}, 5e-2);
  check("SGD with Nesterov's", Optimizer{SGD{.learning_rate = 1e-3, .momentum = 0.9, .nesterov = true}},
        5e-2);
  check("RMSProp", Optimizer{RMSProp{.learning_rate = 1e-3}}, 1e-3);
  check("RMSProp with momentum", Optimizer{RMSProp{.learning_rate = 1e-3, .momentum = 0.9}}, 1e-2);
  check("centered RMSProp", Optimizer{RMSProp{.learning_rate = 1e-3, .centered = true}}, 1e-3);
  check("Adagrad", Optimizer{Adagrad{.learning_rate = 1e-2}}, 1e-2);
  check("Adam", Optimizer{Adam{.learning_rate = 1e-3}}, 1e-3);
  check("AMSGrad", Optimizer{AMSGrad{.learning_rate = 1e-3}}, 1e-3);
  check("Lion", Optimizer{Lion{.learning_rate = 1e-3}}, 1e-3);
}

}  // namespace

TEMPLATE_TEST_CASE("No weight moves by more than about the learning rate because a batch gave it no gradient",
                   "", float, double) {
  check_steps<TestType>(L1{1e-2});
  check_steps<TestType>(L1{1});
  check_steps<TestType>(Clip{-0.1, 0.1});
  check_steps<TestType>(MaxNorm{0.8});
  check_steps<TestType>(UnitNorm{});
}
