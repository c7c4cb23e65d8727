// SPDX-License-Identifier: MIT
#include "espalier/optimizer/transform.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(GradientTransform<ClipValue> && GradientTransform<ClipNorm>);

namespace {

struct Halve {
  void apply(auto& gradients) const { gradients /= 2; }
};
struct Shift {
  void apply(auto& gradients) const { gradients += 1; }
};
/// Each parameter to length 1, but not layer 0's, whose numbers are dropped.
struct Normalize {
  template <Scalar S>
  void apply(Parameters<S>& parameters) const {
    for (const ParameterEntry<S>& e : parameters.entries()) {
      ArrayMap<S> own(parameters.gradients_of(e), e.size());
      if (e.path == "0.weight")
        own = 0;
      else
        own /= static_cast<S>(detail::norm(own.data(), own.size()));
    }
  }
};
static_assert(GradientTransform<Halve> && GradientTransform<Shift> && GradientTransform<Normalize>);
static_assert(!GradientTransform<int>);

/// Two weights in two layers, with gradients 3 and -4.
template <Scalar S>
auto two_layers() {
  auto net = sequential<S>(Dense(1, 1, NoBias{}), Dense(1, 1, NoBias{}));
  net.for_each_parameter([](const auto& p) { p.gradients[0] = p.path == "0.weight" ? S(3) : S(-4); });
  return net;
}

}  // namespace

TEMPLATE_TEST_CASE("ClipNorm looks at the gradients of all layers together", "", float, double) {
  auto net = two_layers<TestType>();
  Optimizer optimizer{SGD{.learning_rate = 1}, ClipNorm{1}};
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == Approx(-0.6));
  CHECK(parameter(net, "1.weight")(0) == Approx(0.8));
}

TEMPLATE_TEST_CASE("What a transform writes between parameters reaches neither the next one nor the arena",
                   "", float, double) {
  auto net = two_layers<TestType>();
  Optimizer optimizer{SGD{.learning_rate = 1}, Shift{}, ClipNorm{1}};
  optimizer.step(net);  // the shifted gradients are 4 and -3
  CHECK(parameter(net, "0.weight")(0) == Approx(-0.8));
  CHECK(parameter(net, "1.weight")(0) == Approx(0.6));
  CHECK(std::count(net.values().begin(), net.values().end(), TestType(0)) ==
        static_cast<Index>(net.values().size()) - 2);
}

TEMPLATE_TEST_CASE("Gradients within the limit are not touched", "", float, double) {
  auto net = two_layers<TestType>();
  const auto before = gradients_of(net);
  Optimizer optimizer{SGD{.learning_rate = 1}, ClipNorm{5}, ClipValue{4}};
  optimizer.step(net);
  CHECK(gradients_of(net) == before);
}

TEMPLATE_TEST_CASE("ClipValue cuts every component", "", float, double) {
  auto net = two_layers<TestType>();
  Optimizer optimizer{SGD{.learning_rate = 1}, ClipValue{3.5}};
  optimizer.step(net);
  CHECK(net.gradients()[0] == 3);
  CHECK(parameter(net, "1.weight")(0) == TestType(3.5));
}

TEST_CASE("Transforms act in the order in which they are written") {
  auto net = two_layers<double>(), other = net;
  Optimizer value_first{SGD{.learning_rate = 1}, ClipValue{3}, ClipNorm{1}};
  Optimizer norm_first{SGD{.learning_rate = 1}, ClipNorm{1}, ClipValue{3}};
  value_first.step(net);
  norm_first.step(other);
  CHECK(parameter(net, "0.weight")(0) == Approx(-1 / std::sqrt(2)));
  CHECK(parameter(other, "0.weight")(0) == Approx(-0.6));
}

TEST_CASE("ClipNorm takes gradients whose squares overflow") {
  auto net = two_layers<float>();
  net.for_each_parameter([](const auto& p) { p.gradients[0] *= 1e37F; });
  Optimizer optimizer{SGD{.learning_rate = 1}, ClipNorm{1}};
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == Approx(-0.6));
}

TEST_CASE("Transforms see the penalties, and the moments see the transforms") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, L2{1}));
  detail::arena(net)[0] = 10;
  Optimizer optimizer{Adam{.learning_rate = 1, .beta1 = 0.5, .epsilon = 1}, ClipNorm{1}};
  CHECK(step_with(net, optimizer, 0) == Approx(10 - 1.0 / (1 + 1)));  // mhat = sqrt(vhat) = 1
  CHECK(net.gradients()[0] == Approx(1));
}

TEST_CASE("A transform of one's own joins in") {
  auto net = two_layers<float>();
  Optimizer optimizer{SGD{.learning_rate = 1}, Halve{}};
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == -1.5F);
}

TEST_CASE("A transform of one's own may look at parameters, their paths and borders") {
  auto net = two_layers<float>();
  Optimizer optimizer{SGD{.learning_rate = 1}, ClipValue{3.5}, Normalize{}, Halve{}};
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == 0);
  CHECK(parameter(net, "1.weight")(0) == 0.5F);
}

namespace {

/// How far a plain step of rate 1 under `clip` moves weights that start at 0, in long double.
template <Scalar S>
long double length_of_step(const ClipNorm& clip, const std::vector<double>& gradients) {
  auto net = sequential<S>(Dense(static_cast<Index>(gradients.size()), 1, NoBias{}));
  for (std::size_t k = 0; k < gradients.size(); ++k) net.gradients()[k] = static_cast<S>(gradients[k]);
  Optimizer optimizer{SGD{.learning_rate = 1}, clip};
  optimizer.step(net);
  long double squares = 0;
  for (const S w : numbers_of(net)) squares += static_cast<long double>(w) * static_cast<long double>(w);
  return std::sqrt(squares);
}

}  // namespace

TEST_CASE("ClipNorm makes a step of its length from any finite gradients") {
  const auto close = [](double limit, long double length) {
    CHECK(static_cast<double>(length) == Approx(limit).epsilon(1e-6));
    CHECK(length <= static_cast<long double>(limit));
  };
  for (const double limit : {1.0, 1e-30, 1e19}) {
    CAPTURE(limit);
    const ClipNorm clip{limit};
    for (const double size : {3e38, 9e36, 1e30, 3e25})
      close(limit, length_of_step<float>(clip, std::vector<double>(100, size)));
    for (const double size : {1.7e308, 1e308, 1e270, 1e200, 1e120, 1e25})
      close(limit, length_of_step<double>(clip, std::vector<double>(100, size)));
    close(limit, length_of_step<double>(clip, {1e308, 5e307}));
  }
}

TEMPLATE_TEST_CASE("The norm after clipping is at most the limit, in exact arithmetic", "", float, double) {
  // The squares are summed in twice the precision of long double (Ogita, Rump, Oishi 2005: Dot2).
  Rng rng(1);
  int outside = 0, far_inside = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    const double limit = std::exp(rng.uniform(-5, 5)), size = limit * std::exp(rng.uniform(0, 10));
    Vector<TestType> g(1 + rng.below(40));
    for (Index i = 0; i < g.size(); ++i) g(i) = static_cast<TestType>(size * rng.normal());
    if (!(g.template cast<double>().norm() > 1.001 * limit)) continue;
    ArrayMap<TestType> row(g.data(), g.size());
    ClipNorm{limit}.apply(row);
    const long double l = limit;
    long double high = l * l, low = std::fma(l, l, -high);  // limit^2 - sum of squares, by Dot2
    for (Index i = 0; i < g.size(); ++i) {
      const long double x = g(i), product = -x * x, lost = std::fma(-x, x, -product);
      const long double sum = high + product, rest = sum - high;
      low += ((high - (sum - rest)) + (product - rest)) + lost;
      high = sum;
    }
    const long double room = (high + low) / (l * l);
    outside += room < 0;
    far_inside += room > 16 * static_cast<long double>(std::numeric_limits<TestType>::epsilon());
  }
  CHECK(outside == 0);
  CHECK(far_inside == 0);
}

TEST_CASE("ClipValue keeps to its limit where float cannot hold it") {
  auto net = two_layers<float>();
  Optimizer optimizer{SGD{.learning_rate = 1}, ClipValue{0.1}};
  optimizer.step(net);
  CHECK(static_cast<double>(net.gradients()[0]) <= 0.1);
  CHECK(static_cast<double>(net.gradients()[0]) == Approx(0.1));
}

TEST_CASE("Penalties are clipped with the loss, where PyTorch clips the loss alone") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, L2{1}));
  detail::arena(net)[0] = 10;
  Optimizer optimizer{SGD{.learning_rate = 0.1}, ClipNorm{1}};
  CHECK(step_with(net, optimizer, 1) == Approx(9.9));  // PyTorch: 10 - 0.1 (1 + 10) = 8.9
}

namespace {

template <class M>
void set_gradient(M& net, const std::string& path, const std::vector<double>& numbers) {
  net.for_each_parameter([&](const auto& p) {
    if (p.path == path)
      for (Index k = 0; k < p.size(); ++k)
        p.gradients[k] = static_cast<typename M::scalar_type>(numbers[static_cast<std::size_t>(k)]);
  });
}

}  // namespace

static_assert(GradientTransform<ClipNormPerLayer> && GradientTransform<Centralize>);

TEMPLATE_TEST_CASE("ClipNormPerLayer shortens each layer's weight and bias together, and no other layer's",
                   "", float, double) {
  auto net = sequential<TestType>(Dense(2, 1), Residual(Dense(1, 1), Dense(1, 1)), Dense(1, 1));
  set_gradient(net, "0.weight", {3, 0}), set_gradient(net, "0.bias", {4});
  set_gradient(net, "1.body.0.weight", {0.5}), set_gradient(net, "1.body.0.bias", {0.25});
  set_gradient(net, "1.body.1.weight", {0}), set_gradient(net, "1.body.1.bias", {-7});
  set_gradient(net, "2.weight", {-0.6}), set_gradient(net, "2.bias", {0.8});
  Optimizer optimizer{SGD{.learning_rate = 1}, ClipNormPerLayer{1}};
  optimizer.step(net);
  CHECK(gradient(net, "0.weight")(0) == Approx(0.6));
  CHECK(gradient(net, "0.weight")(1) == 0);
  CHECK(gradient(net, "0.bias")(0) == Approx(0.8));
  CHECK(gradient(net, "1.body.0.weight")(0) == TestType(0.5));
  CHECK(gradient(net, "1.body.0.bias")(0) == TestType(0.25));
  CHECK(gradient(net, "1.body.1.bias")(0) == Approx(-1));
  CHECK(gradient(net, "2.weight")(0) == Approx(-0.6));
  CHECK(gradient(net, "2.bias")(0) == Approx(0.8));
  CHECK(message_of([] {
          Optimizer{SGD{}, ClipNormPerLayer{0}};
        }).starts_with("ClipNormPerLayer: expected limit > 0"));
}

TEMPLATE_TEST_CASE(
    "Centralize takes the mean over the inputs from each neuron's gradient, and leaves vectors", "", float,
    double) {
  auto net = sequential<TestType>(Dense(3, 2), Dense(2, 1), Dense(1, 2, NoBias{}));
  set_gradient(net, "0.weight", {1, 2, 6, -1, 0, 1}), set_gradient(net, "0.bias", {5, 7});
  set_gradient(net, "2.weight", {5, 7});
  Optimizer optimizer{SGD{.learning_rate = 1}, Centralize{}};
  optimizer.step(net);
  const Matrix<TestType> weight = gradient(net, "0.weight");
  CHECK(std::vector<TestType>{weight(0, 0), weight(0, 1), weight(0, 2)} == std::vector<TestType>{-2, -1, 3});
  CHECK(std::vector<TestType>{weight(1, 0), weight(1, 1), weight(1, 2)} == std::vector<TestType>{-1, 0, 1});
  CHECK(gradient(net, "0.bias")(0) == 5);
  CHECK(gradient(net, "2.weight")(1) == 7);
}

TEST_CASE("Centralize does not count the inputs that a mask holds") {
  auto net = sequential<double>(Dense(4, 1, NoBias{}, Mask{1, 0, 1, 1}));
  set_gradient(net, "0.weight", {1, 100, 2, 6});
  Optimizer optimizer{SGD{.learning_rate = 1}, Centralize{}};
  optimizer.step(net);
  CHECK(std::vector<double>(net.gradients().begin(), net.gradients().begin() + 4) ==
        std::vector<double>{-2, 0, -1, 3});
}

TEST_CASE("Under Centralize SGD rests at the best weights whose sums are those of the start") {
  auto net = sequential<double>(Dense(3, 1, NoBias{}));
  const std::vector<double> start{0.5, -2, 0.25}, goal{1, 2, -4}, curvature{1, 2, 4};
  std::copy(start.begin(), start.end(), detail::arena(net.parameters()).begin());
  Optimizer optimizer{SGD{.learning_rate = 0.2}, Centralize{}};
  for (int k = 0; k < 400; ++k) {
    for (std::size_t i = 0; i < 3; ++i) net.gradients()[i] = curvature[i] * (net.values()[i] - goal[i]);
    optimizer.step(net);
  }
  // One multiplier: w_i = goal_i - mu / c_i, with sum w = -1.25; sum goal = -1, sum 1 / c = 1.75.
  const double mu = 0.25 / 1.75;
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(net.values()[i] == Approx(goal[i] - mu / curvature[i]).epsilon(1e-12));
}
