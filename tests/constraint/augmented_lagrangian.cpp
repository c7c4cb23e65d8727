// SPDX-License-Identifier: MIT
#include "espalier/constraint/augmented_lagrangian.hpp"

#include <limits>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

/// The sum of the squares of all weights is at most a budget.
struct Budget {
  double most = 1;

  static constexpr std::string_view name = "Budget";
  void describe(auto&& f) const { f("most", most); }
  double value(const auto& parameters) const {
    double sum = -most;
    for (const auto w : parameters.values()) sum += static_cast<double>(w) * static_cast<double>(w);
    return sum;
  }
  void add_gradient(auto& parameters, double factor) const {
    for (std::size_t i = 0; i < parameters.values().size(); ++i)
      parameters.gradients()[i] += static_cast<std::decay_t<decltype(parameters.values()[i])>>(
          2 * factor * static_cast<double>(parameters.values()[i]));
  }
};
static_assert(JointPenalty<AugmentedLagrangian<Budget>> && !Policy<AugmentedLagrangian<Budget>>);

auto two_weights() { return sequential<double>(Dense(1, 1, NoBias{}), Dense(1, 1, NoBias{})); }
double weight(const auto& net, const char* path) { return parameter(net, path)(0); }

/// Rests at the minimum of ((w - 2)^2 + (v - 1)^2) / 2 under the constraint.
void train(auto& net, auto& lagrangian, const auto& rule) {
  Optimizer optimizer{rule, lagrangian};
  for (int k = 1; k <= 6000; ++k) {
    optimizer.scale_rate(std::pow(0.998, k));
    net.for_each_parameter(
        [](const auto& p) { p.gradients[0] = p.values[0] - (p.path == "0.weight" ? 2 : 1); });
    optimizer.step(net);
    if (k % 10 == 0) lagrangian.update(net);
  }
}

}  // namespace

TEST_CASE("It comes to rest where Karush, Kuhn and Tucker have the constrained minimum") {
  const auto check = [](const auto& rule) {
    auto net = two_weights();
    AugmentedLagrangian budget{Budget{1}, {.rate = 2}};
    train(net, budget, rule);
    const double w = weight(net, "0.weight"), v = weight(net, "1.weight"), lambda = budget.multiplier();
    CHECK(w == Approx(2 / std::sqrt(5)).epsilon(1e-6));
    CHECK(v == Approx(1 / std::sqrt(5)).epsilon(1e-6));
    CHECK(lambda == Approx((std::sqrt(5) - 1) / 2).epsilon(1e-5));
    CHECK(w - 2 + lambda * 2 * w == Approx(0).margin(1e-5));
    CHECK(w * w + v * v - 1 <= 1e-6);
  };
  check(SGD{.learning_rate = 0.05});
  check(Adam{.learning_rate = 0.05});
}

TEST_CASE("A constraint that does not bind changes nothing, and its multiplier is 0") {
  auto net = two_weights();
  AugmentedLagrangian budget{Budget{6}, {.rate = 2}};
  train(net, budget, SGD{.learning_rate = 0.05});
  CHECK(budget.multiplier() == 0);
  CHECK(weight(net, "0.weight") == Approx(2).epsilon(1e-9));
  CHECK(weight(net, "1.weight") == Approx(1).epsilon(1e-9));
}

TEST_CASE("Its value is that of the augmented Lagrangian, and its gradient that of central differences") {
  auto net = two_weights();
  AugmentedLagrangian budget{Budget{1}, {.rate = 3}};
  Optimizer optimizer{SGD{.learning_rate = 1}, budget};
  optimizer.prepare(net);
  for (const double start : {0.5, 0.9}) {  // c = -0.5 or 0.62, lambda 0 and then 1.86
    std::ranges::copy(std::vector<double>{start}, detail::arena(net.parameters()).begin());
    const auto set = [&](const char* path, double w) {
      assign(net, path, Matrix<double>::Constant(1, 1, w));
    };
    set("0.weight", start), set("1.weight", start);
    const double c = 2 * start * start - 1, slope = std::max(0.0, budget.multiplier() + 3 * c);
    CHECK(penalty(net) ==
          Approx((slope * slope - budget.multiplier() * budget.multiplier()) / 6).epsilon(1e-14));
    set("0.weight", start + 1e-5);
    const double above = penalty(net);
    set("0.weight", start - 1e-5);
    const double below = penalty(net);
    set("0.weight", start);
    std::ranges::fill(net.gradients(), 0.0);
    budget.add_gradient(net.parameters());
    CHECK(gradient(net, "0.weight")(0) == Approx((above - below) / 2e-5).margin(1e-8));
    set("0.weight", 0.9), set("1.weight", 0.9);
    budget.update(net);
  }
  CHECK(budget.multiplier() == Approx(2 * 3 * 0.62));
}

TEST_CASE("A run of fit keeps the multiplier, and one that goes on from its state has the same") {
  const auto run = [](long first, long whole) {
    auto net = Sequential(Dense(2, 2));
    initialize(net, {.seed = 1});
    AugmentedLagrangian budget{Budget{0.1}, {.rate = 1, .every = 3}};
    Optimizer optimizer{Adam{.learning_rate = 0.05}, budget};
    TrainState state;
    for (const long epochs : {first, whole})
      fit(net, two_halves(40), CrossEntropy{}, optimizer, {.epochs = epochs, .batch = 8, .state = &state},
          budget);
    CHECK(budget.multiplier() > 0);
    std::vector<double> kept;
    budget.each_state(budget, [&](std::string_view, auto x) { kept.push_back(static_cast<double>(x)); });
    CHECK(kept == std::vector<double>{budget.multiplier(), 5.0 * static_cast<double>(whole)});
    return std::pair{numbers_of(net), budget.multiplier()};
  };
  CHECK(run(4, 4) == run(1, 4));
  // Another run begins with 0.
  AugmentedLagrangian budget{Budget{0.1}};
  auto net = Sequential(Dense(2, 2));
  initialize(net, {.seed = 1});
  budget.update(net);
  REQUIRE(budget.multiplier() > 0);
  budget.start(Plan{.epochs = 1, .batches = 1});
  CHECK(budget.multiplier() == 0);
}

TEST_CASE("It says what it is made of, and refuses options and values that make no sense") {
  const AugmentedLagrangian budget{Budget{0.5}, {.rate = 2, .every = 7}};
  CHECK(AnyJointPenalty<float>(budget).text() ==
        "AugmentedLagrangian{constraint = Budget{most = 0.5}, rate = 2, every = 7}");
  CHECK(message_of([] { AugmentedLagrangian{Budget{}, {.rate = 0}}; }).starts_with("AugmentedLagrangian: "));
  CHECK(message_of([] {
          AugmentedLagrangian{Budget{}, {.every = 0}};
        }) == "AugmentedLagrangian: expected every >= 1, found 0");
  auto net = two_weights();
  AugmentedLagrangian errs{Budget{std::numeric_limits<double>::quiet_NaN()}};
  CHECK_THROWS_AS(errs.update(net), NotFiniteError);
  CHECK(errs.multiplier() == 0);
}
