// SPDX-License-Identifier: MIT
#include "espalier/optimizer/rule.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include "../nets.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

/// A rule of one's own: the sign of the gradient.
struct SignRule {
  double learning_rate = 0.1;
  AtBound at_bound = AtBound::keep;
  static constexpr bool adaptive = false;

  void validate() const { detail::check_positive("Sign", "learning_rate", learning_rate); }
  int states() const { return 0; }
  int momentum_state() const { return -1; }

  template <Scalar S>
  struct Kernel {
    S rate;
    void operator()(Line<S>& w, const Line<S>& g, States<S>&, Line<S>&) const { w -= rate * g.sign(); }
    S momentum_step(S t) const { return t; }
  };
  template <Scalar S>
  Kernel<S> kernel(long, double eta) const {
    return {static_cast<S>(eta)};
  }
};
static_assert(Rule<SignRule> && !Rule<int>);

/// A gradient of -1 pushes the only weight against its bound 1 for 2000 steps, then 1 pulls it back: the
/// number of steps until it moves.
template <class O, class Set>
long steps_to_leave(O optimizer, const Set& set) {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, set));
  for (int k = 0; k < 2000; ++k) step_with(net, optimizer, -1);
  const double bound = 1 - 1e-14;  // a ball is met within some units of roundoff, from inside
  REQUIRE(net.values()[0] >= bound);
  for (long k = 1; k < 1000; ++k)
    if (step_with(net, optimizer, 1) < bound) return k;
  return 1000;
}

template <class Make>
void measure(const Make& make, long kept_at_09, long kept_at_099) {
  const auto steps = [&](double beta, AtBound choice) {
    const auto optimizer = make(beta, choice);
    const long count = steps_to_leave(optimizer, Clip{-1, 1});
    CHECK(steps_to_leave(optimizer, MaxNorm{1}) == count);  // the same set as a ball of one dimension
    return count;
  };
  CHECK(steps(0.9, AtBound::keep) == kept_at_09);
  CHECK(steps(0.99, AtBound::keep) == kept_at_099);
  for (const double beta : {0.9, 0.99})
    for (const AtBound choice : {AtBound::zero, AtBound::tangent}) CHECK(steps(beta, choice) == 1);
}

}  // namespace

TEST_CASE("A kept momentum delays leaving a bound, the other choices do not") {
  // m = -(1 - beta^n) / (1 - beta), then m beta^k + (1 - beta^k) / (1 - beta) > 0 where beta^k < 1/2: 7 and
  // 69 steps.
  measure(
      [](double beta, AtBound choice) {
        return Optimizer{SGD{.learning_rate = 0.01, .momentum = beta, .at_bound = choice}};
      },
      7, 69);
  measure(
      [](double beta, AtBound choice) {
        return Optimizer{Adam{.learning_rate = 0.01, .beta1 = beta, .at_bound = choice}};
      },
      7, 69);
  measure(
      [](double beta, AtBound choice) {
        return Optimizer{RMSProp{.learning_rate = 0.01, .momentum = beta, .at_bound = choice}};
      },
      7, 69);
  for (const double beta : {0.9, 0.99}) {
    CHECK(steps_to_leave(
              Optimizer{SGD{.learning_rate = 0.01, .momentum = beta, .at_bound = AtBound::displacement}},
              Clip{-1, 1}) == 1);
    CHECK(steps_to_leave(
              Optimizer{Adam{.learning_rate = 0.01, .beta1 = beta, .at_bound = AtBound::displacement}},
              Clip{-1, 1}) == 1);
    CHECK(steps_to_leave(
              Optimizer{SGD{.learning_rate = 0.01, .momentum = beta, .at_bound = AtBound::displacement}},
              MaxNorm{1}) == 1);
  }
}

TEST_CASE("Lion's kept momentum delays, its forgotten one does not") {
  // beta1 m + (1 - beta1) g with m from -1 toward 1 by beta2 = 0.99: positive where 0.9 (1 - 2 0.99^(k-1)) +
  // 0.1 > 0.
  CHECK(steps_to_leave(Optimizer{Lion{.learning_rate = 0.01}}, Clip{-1, 1}) == 60);
  CHECK(steps_to_leave(Optimizer{Lion{.learning_rate = 0.01, .at_bound = AtBound::zero}}, Clip{-1, 1}) == 1);
  CHECK(steps_to_leave(Optimizer{Lion{.learning_rate = 0.01, .at_bound = AtBound::tangent}}, Clip{-1, 1}) ==
        1);
}

TEST_CASE("Weights inside their set keep their momentum, whatever the choice") {
  auto kept = sequential<double>(Dense(3, 2, Clip{-100, 100}));
  initialize(kept, Rng{1});
  auto other = kept;
  const AtBound choice = GENERATE(AtBound::zero, AtBound::tangent, AtBound::displacement);
  Optimizer keep{SGD{.momentum = 0.9}}, change{SGD{.momentum = 0.9, .at_bound = choice}};
  random_steps(kept, keep, 20, 1);
  random_steps(other, change, 20, 1);
  CHECK(kept == other);
}

TEST_CASE("A momentum that points back into the set is kept by tangent, and forgotten by zero") {
  // A first gradient of -1 gives m = -1. Then the weight is put far outside: the next step, with m = 0.9 * -1
  // + 1.4 = 0.5, points inwards and still ends outside.
  const auto momentum_after = [](AtBound choice) {
    auto net = sequential<double>(Dense(1, 1, NoBias{}, Clip{-10, 10}));
    Optimizer optimizer{SGD{.learning_rate = 1, .momentum = 0.9, .at_bound = choice}};
    step_with(net, optimizer, -1);
    detail::arena(net)[0] = 20;
    step_with(net, optimizer, 1.4);
    const double w = net.values()[0];
    return (w - step_with(net, optimizer, 0)) / 0.9;
  };
  CHECK(momentum_after(AtBound::keep) == Approx(0.5));
  CHECK(momentum_after(AtBound::tangent) == Approx(0.5));
  CHECK(momentum_after(AtBound::zero) == 0);
  CHECK(momentum_after(AtBound::displacement) == Approx(10));  // from 20 to 10
}

TEST_CASE("A rule of one's own becomes an optimizer") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, NonNegative{}));
  detail::arena(net)[0] = 0.15;
  Optimizer optimizer{SignRule{}};
  CHECK(step_with(net, optimizer, 7) == Approx(0.05));
  CHECK(step_with(net, optimizer, 7) == 0);
  CHECK_THROWS_AS(Optimizer{SignRule{.learning_rate = -1}}, ValueError);
}
