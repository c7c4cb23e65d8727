// SPDX-License-Identifier: MIT
#include "espalier/optimizer/update_transform.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/optimizer/transform.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(UpdateTransform<NormalizeUpdate>);

namespace {

/// Every step becomes twice as long.
struct Doubled {
  template <Scalar S>
  double factor(Block<const S>, Block<const S>, double) const {
    return 2;
  }
};
static_assert(UpdateTransform<Doubled> && !GradientTransform<Doubled> && !UpdateTransform<ClipNorm>);

double distance(const std::vector<double>& a, const std::vector<double>& b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

template <class... Policies>
auto net_with(const Policies&... policies) {
  auto net = sequential<double>(Dense(5, 4, policies...));
  initialize(net, {.seed = 2});
  return net;
}

/// The numbers after ten steps.
template <class Net, class O>
std::vector<double> trained(Net net, O optimizer) {
  random_steps(net, optimizer, 10, 3);
  return numbers_of(net);
}

}  // namespace

TEST_CASE("A step of a weight is the rate times its norm long; a bias moves as it did") {
  auto net = net_with(), plain = net_with();
  Optimizer normalized{Adam{.learning_rate = 0.01}, NormalizeUpdate{}};
  Optimizer adam{Adam{.learning_rate = 0.01}};
  for (int k = 0; k < 5; ++k) {
    const auto before = numbers_of(net);
    random_steps(net, normalized, 1, static_cast<std::uint64_t>(k));
    random_steps(plain, adam, 1, static_cast<std::uint64_t>(k));
    const auto after = numbers_of(net), bias = numbers_of(plain);
    CHECK(distance(before, after, 20) == Approx(0.01 * distance(before, std::vector<double>(20, 0), 20)));
    for (std::size_t i = 20; i < 24; ++i) CHECK(after[i] == bias[i]);
  }
}

TEST_CASE("The direction is the rule's") {
  auto net = net_with(), plain = net_with();
  Optimizer normalized{SGD{.learning_rate = 0.01}, NormalizeUpdate{}};
  Optimizer sgd{SGD{.learning_rate = 0.01}};
  const auto before = numbers_of(net);
  random_steps(net, normalized, 1, 1), random_steps(plain, sgd, 1, 1);
  const auto one = numbers_of(net), other = numbers_of(plain);
  const double ratio = (one[0] - before[0]) / (other[0] - before[0]);
  for (std::size_t i = 1; i < 20; ++i) CHECK(one[i] - before[i] == Approx(ratio * (other[i] - before[i])));
}

TEST_CASE("A step that is twice as long is one at twice the rate, in the metric of policies too") {
  const auto same = [](const auto& rule, const auto& twice, const auto&... policies) {
    const auto net = net_with(NoBias{}, policies...);
    const auto one = trained(net, Optimizer{rule, Doubled{}}), other = trained(net, Optimizer{twice});
    double worst = 0;
    for (std::size_t i = 0; i < 20; ++i) worst = std::max(worst, std::abs(one[i] - other[i]));
    return worst;
  };
  const SGD slow{.learning_rate = 0.01, .momentum = 0.9}, fast{.learning_rate = 0.02, .momentum = 0.9};
  CHECK(same(slow, fast) < 1e-14);
  CHECK(same(slow, fast, L1{0.3}, MaxNorm{0.5}) < 1e-14);
  const Adam adam{.learning_rate = 0.01}, fast_adam{.learning_rate = 0.02};
  CHECK(same(adam, fast_adam) < 1e-14);
  CHECK(same(adam, fast_adam, MaxNorm{0.5}) < 1e-14);
  CHECK(same(adam, fast_adam, Whole{MaxNorm{0.5}}) < 1e-14);
  CHECK(same(adam, fast_adam, PerInput{MaxNorm{0.3}}, L1{0.3}) < 1e-14);
}

TEST_CASE("Decay comes first, and is not scaled") {
  auto net = net_with(NoBias{}, WeightDecay{1});
  Optimizer optimizer{SGD{.learning_rate = 0.1}, NormalizeUpdate{}};
  auto shrunk = numbers_of(net);
  for (double& w : shrunk) w *= 0.9;
  random_steps(net, optimizer, 1, 4);
  const auto after = numbers_of(net);
  CHECK(distance(shrunk, after, 20) == Approx(0.1 * distance(shrunk, std::vector<double>(20, 0), 20)));
}

TEST_CASE("On a sphere of its whole weight it is the method of the paper: R n(W - rate R n(u))") {
  auto net = net_with(NoBias{}, Whole{UnitNorm{}});
  Optimizer optimizer{SGD{.learning_rate = 0.1}, NormalizeUpdate{}};
  const auto before = numbers_of(net);
  Rng rng(5);
  random_gradients(net, rng);
  std::vector<double> expected(20);
  double of_gradient = 0, norm = 0;
  for (std::size_t i = 0; i < 20; ++i) of_gradient += net.gradients()[i] * net.gradients()[i];
  for (std::size_t i = 0; i < 20; ++i) {
    expected[i] = before[i] - 0.1 * net.gradients()[i] / std::sqrt(of_gradient);
    norm += expected[i] * expected[i];
  }
  optimizer.step(net);
  for (std::size_t i = 0; i < 20; ++i) CHECK(net.values()[i] == Approx(expected[i] / std::sqrt(norm)));
  CHECK(feasible(net));
}

TEST_CASE("Weights or steps of zero are no trouble") {
  auto net = sequential<double>(Dense(2, 1, NoBias{}));
  Optimizer optimizer{SGD{.learning_rate = 0.1}, NormalizeUpdate{}};
  net.gradients()[0] = 1, net.gradients()[1] = 0;
  optimizer.step(net);
  CHECK(net.values()[0] == -0.1);  // from zero: as the rule has it
  net.gradients()[0] = 0;
  optimizer.step(net);
  CHECK(net.values()[0] == -0.1);
}

TEST_CASE("Momentum at a bound is kept") {
  CHECK(message_of([] {
          Optimizer{SGD{.momentum = 0.9, .at_bound = AtBound::zero}, NormalizeUpdate{}};
        }) == "optimizer: expected at_bound keep with a transform of the update, found another");
}

TEST_CASE("The direction is the rule's also where its own steps are lost in the weights, at all scales") {
  const auto check = [](auto net, double weight, double gradient) {
    using S = typename decltype(net)::scalar_type;
    const Matrix<double> w{{3, -4}}, g{{2, -1}};
    assign(net, "0.weight", Matrix<S>((weight * w).template cast<S>()));
    for (Index i = 0; i < 2; ++i)
      net.gradients()[static_cast<std::size_t>(i)] = static_cast<S>(gradient * g(i));
    Optimizer optimizer{SGD{.learning_rate = 0.01}, NormalizeUpdate{}};
    optimizer.step(net);
    const Matrix<double> after = parameter(net, "0.weight").template cast<double>() / weight,
                         expected = w - 0.01 * w.norm() / g.norm() * g;
    CAPTURE(weight, gradient);
    CHECK((after - expected).norm() < 4 * std::numeric_limits<S>::epsilon() * w.norm());
  };
  for (const double gradient : {1.0, 1e-3, 1e-6, 1e-12, 1e-30})
    for (const double weight : {1e-30, 1.0, 1e5}) {
      check(sequential<float>(Dense(2, 1, NoBias{})), weight, gradient);
      check(sequential<double>(Dense(2, 1, NoBias{})), weight, gradient);
    }
  for (const double weight : {1e-200, 1e200}) check(sequential<double>(Dense(2, 1, NoBias{})), weight, 1e-3);
}
