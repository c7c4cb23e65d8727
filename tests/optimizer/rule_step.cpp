// SPDX-License-Identifier: MIT
#include "espalier/optimizer/rule_step.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "../nets.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

template <Scalar S>
using Numbers = std::vector<S>;

/// A stretch of weights, gradients and states that begins `first` numbers into its memory and ends a line
/// before the end of it.
template <Scalar S>
struct Stretch {
  std::array<Numbers<S>, 5> numbers;  // none of a state that the rule does not have
  Index first, n;

  Stretch(int states, Index begin, Index size, Rng& rng) : first(begin), n(size) {
    for (std::size_t k = 0; k < 2 + static_cast<std::size_t>(states); ++k) {
      numbers[k].resize(static_cast<std::size_t>(first + n + Line<S>::size));
      for (S& x : numbers[k]) x = static_cast<S>(rng.normal());
      if (k > 1)
        for (S& x : numbers[k]) x = std::abs(x);  // some are mean squares
    }
  }
  detail::Pointers<S> pointers() {
    detail::Pointers<S> result{};
    for (std::size_t k = 0; k < 5; ++k)
      if (!numbers[k].empty()) result[k] = numbers[k].data() + first;
    return result;
  }
};

/// One weight after the other, each a line of its own. Returns their step sizes.
template <class Kernel, Scalar S, class Strength>
Numbers<S> one_by_one(const Kernel& kernel, Stretch<S>& s, S shrink, Strength strength) {
  Numbers<S> steps;
  for (std::size_t i = static_cast<std::size_t>(s.first); i < static_cast<std::size_t>(s.first + s.n); ++i) {
    const auto line = [&](std::size_t k) { return Line<S>(s.numbers[k].empty() ? S(0) : s.numbers[k][i]); };
    Line<S> w = line(0) * Line<S>(shrink), t = S(0);
    States<S> states{line(2), line(3), line(4)};
    detail::run_kernel(kernel, w, line(1), states, t, strength);
    s.numbers[0][i] = w.array()[0];
    for (std::size_t k = 0; k < 3; ++k)
      if (!s.numbers[k + 2].empty()) s.numbers[k + 2][i] = states[k].array()[0];
    steps.push_back(t.array()[0]);
  }
  return steps;
}

/// The squares that a step sums are those of its weights one after the other.
template <Scalar S>
void check_squares(const detail::StepLines<S>& sums, const Stretch<S>& after) {
  double squares = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(after.n); ++i)
    squares += std::pow(static_cast<double>(after.numbers[0][static_cast<std::size_t>(after.first) + i]), 2);
  CHECK(static_cast<double>(sums.squares.sum()) == Approx(squares));
}

/// A step of a rule does to n weights what it does to each, and nothing to their neighbors in memory: free,
/// and in each form for policies, with a decay of 0.5 and penalties of these slopes.
template <Scalar S, class RuleType>
void steps_as_one_by_one(const RuleType& rule) {
  Rng rng(1);
  const auto kernel = rule.template kernel<S>(3, rule.learning_rate);
  for (const Index first : {0, 3})
    for (const Index n : {1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 70}) {
      CAPTURE(first, n);
      const Stretch<S> start(rule.states(), first, n, rng);
      Numbers<S> t;
      const auto check = [&](const auto& policies, S shrink, auto slope) {
        Stretch<S> found = start, right = start;
        const detail::StepLines<S> sums = detail::step_rule<RuleType>(kernel, found.pointers(), n, policies);
        CHECK(sums.finite());
        Numbers<S> sizes = one_by_one(kernel, right, shrink, slope);
        CHECK(found.numbers == right.numbers);
        if constexpr (requires { policies.squares; }) check_squares(sums, right);
        if constexpr (requires { policies.steps; }) {
          if (!policies.steps || !RuleType::adaptive) return;
          sizes.push_back(S(-7));  // behind the last one
          CHECK(t == sizes);
        }
      };
      const auto room = [&] {
        t.assign(static_cast<std::size_t>(n) + 1, S(-7));
        return t.data();
      };
      check(detail::Free{}, S(1), NoPenalty{});
      check(detail::UnderDecay<S>{S(0.5)}, S(0.5), NoPenalty{});
      check(detail::UnderNorm<S>{nullptr}, S(1), NoPenalty{});
      check(detail::UnderNorm<S>{room()}, S(1), NoPenalty{});
      for (const S slope : {S(0), S(2)}) {
        check(detail::UnderPenalty<S>{slope, room()}, S(1), slope);
        check(detail::UnderPolicies<S>{S(0.5), slope, room()}, S(0.5), slope);
      }
    }
}

/// The exponentiated gradient: w times a number, and no number for a weight of 0.
struct Exponentiated {
  double learning_rate = 0.1;
  AtBound at_bound = AtBound::keep;
  static constexpr bool adaptive = false;

  void validate() const {}
  int states() const { return 0; }
  int momentum_state() const { return -1; }

  template <Scalar S>
  struct Kernel {
    S rate;
    void operator()(Line<S>& w, const Line<S>& g, States<S>&, Line<S>&) const {
      w *= Line<S>((-rate * g / w).array().exp());
    }
    S momentum_step(S t) const { return t; }
  };
  template <Scalar S>
  Kernel<S> kernel(long, double eta) const {
    return {static_cast<S>(eta)};
  }
};

}  // namespace

TEMPLATE_TEST_CASE("A rule steps on a stretch of weights as on one weight after the other", "", float,
                   double) {
  using S = TestType;
  steps_as_one_by_one<S>(SGD{.learning_rate = 0.1});
  steps_as_one_by_one<S>(SGD{.learning_rate = 0.1, .momentum = 0.9});
  steps_as_one_by_one<S>(RMSProp{.learning_rate = 0.1});
  steps_as_one_by_one<S>(RMSProp{.learning_rate = 0.1, .momentum = 0.9, .centered = true});
  steps_as_one_by_one<S>(Adagrad{.learning_rate = 0.1});
  steps_as_one_by_one<S>(Adam{.learning_rate = 0.1});
  steps_as_one_by_one<S>(AMSGrad{.learning_rate = 0.1});
  steps_as_one_by_one<S>(Lion{.learning_rate = 0.1});
}

TEMPLATE_TEST_CASE("A weight that is not finite afterwards is told, wherever it stands", "", float, double) {
  using S = TestType;
  const SGD rule{.learning_rate = 1};
  const auto kernel = rule.kernel<S>(1, 1);
  const S bad = GENERATE(std::numeric_limits<S>::infinity(), -std::numeric_limits<S>::infinity(),
                         std::numeric_limits<S>::quiet_NaN());
  for (const Index n : {1, 7, 16, 35})
    for (Index i = 0; i < n; ++i) {
      CAPTURE(n, i);
      Numbers<S> w(static_cast<std::size_t>(n), 1), g = w;
      g[static_cast<std::size_t>(i)] = bad;
      const Numbers<S> start = w;
      const detail::Pointers<S> at{w.data(), g.data()};
      CHECK_FALSE(detail::step_rule<SGD>(kernel, at, n, detail::Free{}).finite());
      w = start;
      CHECK_FALSE(detail::step_rule<SGD>(kernel, at, n, detail::UnderNorm<S>{nullptr}).finite());
    }
}

TEST_CASE("What a rule makes of the places behind the last weight is of no account") {
  std::vector<float> w(6, 1), g(6, 0);
  w[5] = std::numeric_limits<float>::quiet_NaN();  // not of the stretch
  const auto kernel = Exponentiated{}.kernel<float>(1, 0.1);
  CHECK(
      detail::step_rule<Exponentiated>(kernel, detail::Pointers<float>{w.data(), g.data()}, 5, detail::Free{})
          .finite());
  w.pop_back();
  CHECK(w == std::vector<float>(5, 1));

  Sequential net{Dense(5, 1, NoBias{}, MaxNorm{10})};
  for (std::size_t i = 0; i < 5; ++i) detail::arena(net)[i] = 1;
  Optimizer optimizer{Exponentiated{}};
  CHECK_NOTHROW(optimizer.step(net));
  CHECK(numbers_of(net) == std::vector<float>(5, 1));
}

TEST_CASE("States that a rule does not have stay without an address further on") {
  float w[4], g[4];
  const auto further = detail::advanced(detail::Pointers<float>{w, g}, 3);
  CHECK(further == detail::Pointers<float>{w + 3, g + 3, nullptr, nullptr, nullptr});
}
