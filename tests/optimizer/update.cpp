// SPDX-License-Identifier: MIT
#include "espalier/optimizer/update.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include <limits>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/unconstrained.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

/// f = (x - 2)^2 / 2 + 5 (y - 1)^2 on the unit disc, minimized by Adam at rate 1e-3 and then 1e-4. Steps that
/// are projected in their own metric rest where the gradient is normal to the disc, at the constrained
/// minimum; Euclidean projections of the same steps rest elsewhere.
struct Rest {
  double x, y;
  double f() const { return (x - 2) * (x - 2) / 2 + 5 * (y - 1) * (y - 1); }
};

template <Scalar S, class O>
Rest rest(O optimizer, const MaxNorm& disc, int steps) {
  auto net = sequential<S>(Dense(2, 1, NoBias{}, disc));
  for (const double factor : {1.0, 0.1}) {
    optimizer.scale_rate(factor);
    for (int k = 0; k < steps; ++k) {
      net.gradients()[0] = net.values()[0] - 2;
      net.gradients()[1] = 10 * (net.values()[1] - 1);
      optimizer.step(net);
      if (!feasible(net)) FAIL("left the disc in step " << k);
    }
  }
  return {static_cast<double>(net.values()[0]), static_cast<double>(net.values()[1])};
}

/// What `Update` should do: the rule on one weight after the other, then the whole pack on whole rows.
template <class RuleType, class PackType>
void reference_step(const PackType& pack, const RuleType& rule, long k, std::vector<double>& w,
                    std::vector<double> g, std::vector<double>& states, Index rows, Index cols) {
  const Index n = rows * cols;
  std::vector<double> t(w.size()), scratch(w.size());
  typename PackType::Counts ignored{};
  pack.add_gradient(w.data(), g.data(), n, ignored.data());
  const auto kernel = rule.template kernel<double>(k, rule.learning_rate);
  const double uniform = detail::uniform_step(kernel, rule.learning_rate);
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
    Line<double> weight = w[i] * pack.shrink(rule.learning_rate, rule.learning_rate), step = uniform;
    States<double> state;
    for (std::size_t j = 0; j < 3; ++j) state[j] = states[3 * i + j];
    if constexpr (PackType::proximal > 0)
      detail::run_kernel(kernel, weight, Line<double>(g[i]), state, step, pack.slope_bound());
    else
      detail::run_kernel(kernel, weight, Line<double>(g[i]), state, step, NoPenalty{});
    for (std::size_t j = 0; j < 3; ++j) states[3 * i + j] = state[j].array()[0];
    w[i] = weight.array()[0], t[i] = step.array()[0];
  }
  for (Index j = 0; j < rows; ++j)
    pack.constrain(w.data() + j * cols, cols,
                   detail::Steps<double>{RuleType::adaptive ? t.data() + j * cols : nullptr, uniform},
                   uniform, scratch.data(), ignored);
}

template <class RuleType, class... Policies>
void compare(const RuleType& rule, Index rows, Index cols, const Policies&... policies) {
  CAPTURE(rows, cols);
  const Pack<Policies...> pack(policies...);
  auto net = sequential<double>(Dense(cols, rows, NoBias{}, policies...));
  initialize(net, Rng{1});
  std::vector<double> w = numbers_of(net), states(3 * w.size(), 0.0);
  Optimizer optimizer{rule};
  Rng rng(2);
  for (long k = 1; k <= 3; ++k) {
    random_gradients(net, rng);
    reference_step(pack, rule, k, w,
                   std::vector<double>(net.gradients().begin(), net.gradients().begin() + rows * cols),
                   states, rows, cols);
    optimizer.step(net);
  }
  CHECK(numbers_of(net) == w);
}

}  // namespace

TEMPLATE_TEST_CASE("Adam with MaxNorm comes to rest at the constrained optimum, the usual recipe does not",
                   "", float, double) {
  if (test::sanitized) {
    SUCCEED("sanitizers learn nothing from a long training of two weights");
    return;
  }
  const double close = sizeof(TestType) == sizeof(float) ? 1e-3 : 1e-4;
  const Rest optimum = rest<TestType>(Optimizer{Adam{.learning_rate = 1e-3}}, MaxNorm{1}, 20000);
  CHECK(optimum.x == Approx(0.5903).margin(close));
  CHECK(optimum.y == Approx(0.8072).margin(close));
  CHECK(optimum.f() == Approx(1.1795).margin(1e-4));
  const Rest usual =
      rest<TestType>(Optimizer{Adam{.learning_rate = 1e-3}}, MaxNorm{1, Metric::euclidean}, 20000);
  CHECK(usual.x == Approx(0.7071).margin(close));
  CHECK(usual.y == Approx(0.7071).margin(close));
  CHECK(usual.f() == Approx(1.2647).margin(1e-3));
}

TEST_CASE("The choice of momentum at the bound does not move the constrained optimum") {
  const AtBound choice = GENERATE(AtBound::zero, AtBound::tangent, AtBound::displacement);
  if (test::sanitized) {
    SUCCEED("as above");
    return;
  }
  const Rest optimum =
      rest<double>(Optimizer{Adam{.learning_rate = 1e-3, .at_bound = choice}}, MaxNorm{1}, 20000);
  CHECK(optimum.f() == Approx(1.1795).margin(1e-3));
}

TEST_CASE("Rows of any length give what one weight after the other gives") {
  for (const auto& [rows, cols] : std::vector<std::pair<Index, Index>>{{1, 1},
                                                                       {7, 3},
                                                                       {40, 40},
                                                                       {2, 15},
                                                                       {2, 16},
                                                                       {3, 17},
                                                                       {70, 1},
                                                                       {1, 130},
                                                                       {400, 3},
                                                                       {2, 1100},
                                                                       {1100, 1}}) {
    compare(SGD{.learning_rate = 0.1, .momentum = 0.9}, rows, cols, L2{0.1}, WeightDecay{0.1}, MaxNorm{0.9},
            Clip{-0.5, 0.5});
    compare(Adam{.learning_rate = 0.1}, rows, cols, L2{0.1}, L1{0.01}, MaxNorm{0.9});
    compare(AMSGrad{.learning_rate = 0.1}, rows, cols, UnitNorm{});
    compare(Lion{.learning_rate = 0.1}, rows, cols, L1{0.01}, MaxNorm{0.9});
    compare(SGD{.learning_rate = 0.1, .momentum = 0.9}, rows, cols, L1{0.01});
    compare(Adam{.learning_rate = 0.1}, rows, cols, L1{0.01}, Clip{-0.5, 0.5}, WeightDecay{0.1});
  }
}

TEMPLATE_TEST_CASE("Momenta of many weights at their bounds are held back alike, wherever the weights stand",
                   "", float, double) {
  const AtBound choice = GENERATE(AtBound::zero, AtBound::tangent, AtBound::displacement);
  auto net = sequential<TestType>(Dense(1100, 1, NoBias{}, Clip{-0.25, 0.5}));
  Optimizer optimizer{Adam{.learning_rate = 0.1, .at_bound = choice}};
  bool alike = true, returned = false;
  for (int k = 0; k < 20; ++k) {
    for (std::size_t i = 0; i < 1100; ++i)
      net.gradients()[i] = static_cast<TestType>(k < 12 ? -1 : 1) * static_cast<TestType>(i % 7 + 1);
    optimizer.step(net);
    for (std::size_t i = 7; i < 1100; ++i) alike = alike && net.values()[i] == net.values()[i % 7];
    returned = returned || (k == 12 && net.values()[0] < TestType(0.5));
  }
  CHECK(alike);
  CHECK(returned);
}

TEST_CASE("What a pack did is counted for every policy of it") {
  auto net = sequential<double>(Dense(2, 2, NoBias{}, L2{1}, Clip{-1, 1}, MaxNorm{1.2}, WeightDecay{0.1}));
  assign(net, "0.weight", Matrix<double>{{1, 0}, {0, 0.5}});
  std::copy_n(std::array<double, 4>{-1, 0, 0, -0.6}.data(), 4, net.gradients().data());
  Optimizer optimizer{SGD{.learning_rate = 1}};
  optimizer.step(net);  // to 0.9 - 1 + 1 = 0.9 and 0.45 - 0.5 + 0.6
  const auto activity = [&](std::size_t k) {
    Activity found;
    net.for_each_parameter([&](const auto& p) { found = p.activity[k]; });
    return found;
  };
  CHECK(activity(0) == Activity{1, 1, 1, 0.5});  // L2: two of four weights are not 0
  CHECK(activity(1) == Activity{1, 0, 0, 0});
  CHECK(activity(3) == Activity{1, 1, 1, 1});
  std::copy_n(std::array<double, 4>{-2, -2, 0, 0}.data(), 4, net.gradients().data());
  optimizer.step(net);
  CHECK(activity(1) == Activity{2, 1, 2, 0.5});
  CHECK(activity(2) == Activity{2, 1, 2, 0.5});  // one of two rows
}

TEST_CASE(
    "a tangent momentum has no part along the row's correction, in the metric in which it was projected") {
  const auto across = [](const MaxNorm& ball) {
    const Pack<MaxNorm> pack(ball);
    const Adam rule{.learning_rate = 0.5, .at_bound = AtBound::tangent};
    std::vector<double> w{0.6, 0.8}, g{-1, -100}, m{0, 0}, v{0.5, 0};  // uneven steps, about 0.7 and 0.5
    detail::ChunkBuffers<double> buffers(detail::BufferSize{.numbers = 2, .scratch = {2, 0}});
    detail::PolicyCounts active{};
    const auto kernel = rule.kernel<double>(1, rule.learning_rate);
    CHECK(detail::Update<Adam, double>(rule, 1, rule.learning_rate, false)
              .under(AnyPack<double>(pack), 1, {w.data(), 1, 2}, {w.data(), g.data(), m.data(), v.data()},
                     buffers, active.data()));
    REQUIRE(active[0] == 1);
    double along = 0, length = 0;  // x is normal to the ball at x
    for (std::size_t i = 0; i < 2; ++i) {
      const double step = kernel.momentum_step(buffers.steps()[i]) * m[i];
      along += w[i] * step;
      length += step * step;
    }
    REQUIRE(length > 0);
    return along / std::sqrt(length);
  };
  CHECK(across({1, Metric::euclidean}) == Approx(0).margin(1e-9));
  CHECK(across({1, Metric::step}) == Approx(0).margin(1e-9));
}

TEST_CASE("A ball that is not reached changes nothing, neither for the momentum at the bound of an element") {
  const AtBound choice = GENERATE(AtBound::keep, AtBound::zero, AtBound::displacement);
  const auto weights = [&](const auto&... policies) {
    Sequential net{Dense(20, 2, NoBias{}, policies...)};
    Optimizer optimizer{SGD{.learning_rate = 0.1, .momentum = 0.9, .at_bound = choice}};
    for (const float gradient : {-1.0F, 1.0F})
      for (int k = 0; k < 10; ++k) {
        std::fill(net.gradients().begin(), net.gradients().end(), gradient);
        optimizer.step(net);
      }
    return numbers_of(net);
  };
  CHECK(weights(Clip{-1, 0.5}, MaxNorm{100}) == weights(Clip{-1, 0.5}));
}

namespace {

/// NaN where a weight passes a quarter.
struct ErringPenalty {
  template <Scalar S>
  S value(S) const {
    return 0;
  }
  template <Scalar S>
  S prox(S y, S) const {
    return y > S(0.25) ? std::numeric_limits<S>::quiet_NaN() : y;
  }
};
struct ErringRows {
  template <class R>
  bool contains(const R& row) const {
    return row.sum() < 3;
  }
  template <class R>
  void project(R& row) const {
    row[0] = std::numeric_limits<typename R::Scalar>::quiet_NaN();
  }
};

}  // namespace

TEST_CASE("A policy of one's own that errs is told in the same step, whatever it goes with") {
  const auto step = [](const auto&... policies) {
    Sequential net{Dense(20, 1, NoBias{}, policies...)};
    std::fill(net.gradients().begin(), net.gradients().end(), -0.3F);
    Optimizer optimizer{Adam{.learning_rate = 0.3}};
    optimizer.step(net);
  };
  CHECK_THROWS_AS(step(ErringPenalty{}), NotFiniteError);
  CHECK_THROWS_AS(step(ErringPenalty{}, MaxNorm{1}), NotFiniteError);
  CHECK_THROWS_AS(step(ErringPenalty{}, MaxNorm{1, Metric::euclidean}), NotFiniteError);
  CHECK_THROWS_AS(step(ErringRows{}), NotFiniteError);
}

TEST_CASE("weights that a step made infinite are told, not hidden by a set") {
  const auto step = [](const auto& policy) {
    Sequential net{Dense(2, 1, NoBias{}, policy)};
    detail::arena(net)[0] = 3e38F;
    net.gradients()[0] = -1e18F;
    Optimizer optimizer{SGD{.learning_rate = 1e30}};
    optimizer.step(net);
  };
  CHECK(message_of([&] {
          step(Clip{-1, 1});
        }) == "0.weight: expected a step to finite weights, found NaN or infinity");
  CHECK_THROWS_AS(step(MaxNorm{1}), NotFiniteError);
  CHECK_THROWS_AS(step(Unconstrained{}), NotFiniteError);
}

TEST_CASE("a ball whose squares vanish is held to") {
  Sequential net{Dense(100, 1, NoBias{}, MaxNorm{1e-18})};
  Optimizer optimizer{SGD{.learning_rate = 1}};
  for (std::size_t i = 0; i < 100; ++i) net.gradients()[i] = -1.05e-19F;
  optimizer.step(net);
  CHECK(feasible(net));
  CHECK(net.values()[0] > 0.9e-19F);
}

TEST_CASE("gradients that a penalty makes too large are told") {
  Sequential net{Dense(1, 1, NoBias{}, L2{1e10})};
  detail::arena(net)[0] = 1e15F;
  Optimizer optimizer{Adam{}};
  CHECK_THROWS_AS(optimizer.step(net), NotFiniteError);
}
