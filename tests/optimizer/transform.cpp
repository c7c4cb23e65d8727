// SPDX-License-Identifier: MIT
#include "espalier/optimizer/transform.hpp"

#include "../nets.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

struct Halve {
  void apply(auto& gradients) const { gradients /= 2; }
};
struct Shift {
  void apply(auto& gradients) const { gradients += 1; }
};
static_assert(GradientTransform<Halve> && GradientTransform<Shift>);

/// Two weights in two layers, with gradients 3 and -4.
template <Scalar S>
auto two_layers() {
  auto net = sequential<S>(Dense(1, 1, NoBias{}), Dense(1, 1, NoBias{}));
  net.for_each_parameter([](const auto& p) { p.gradients[0] = p.layer == 0 ? S(3) : S(-4); });
  return net;
}

}  // namespace

TEMPLATE_TEST_CASE("ClipNorm looks at the gradients of all layers together", "", float, double) {
  auto net = two_layers<TestType>();
  SGD<ClipNorm> optimizer{{.learning_rate = 1}, ClipNorm{1}};
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == Approx(-0.6));
  CHECK(parameter(net, "1.weight")(0) == Approx(0.8));
}

TEMPLATE_TEST_CASE("What a transform writes between parameters reaches neither the next one nor the arena",
                   "", float, double) {
  auto net = two_layers<TestType>();
  SGD<Shift, ClipNorm> optimizer{{.learning_rate = 1}, Shift{}, ClipNorm{1}};
  optimizer.step(net);  // the shifted gradients are 4 and -3
  CHECK(parameter(net, "0.weight")(0) == Approx(-0.8));
  CHECK(parameter(net, "1.weight")(0) == Approx(0.6));
  CHECK(std::count(net.values().begin(), net.values().end(), TestType(0)) ==
        static_cast<Index>(net.values().size()) - 2);
}

TEMPLATE_TEST_CASE("Gradients within the limit are not touched", "", float, double) {
  auto net = two_layers<TestType>();
  const auto before = net.gradients();
  SGD<ClipNorm, ClipValue> optimizer{{.learning_rate = 1}, ClipNorm{5}, ClipValue{4}};
  optimizer.step(net);
  CHECK(net.gradients() == before);
}

TEMPLATE_TEST_CASE("ClipValue cuts every component", "", float, double) {
  auto net = two_layers<TestType>();
  SGD<ClipValue> optimizer{{.learning_rate = 1}, ClipValue{3.5}};
  optimizer.step(net);
  CHECK(net.gradients()[0] == 3);
  CHECK(parameter(net, "1.weight")(0) == TestType(3.5));
}

TEST_CASE("Transforms act in the order in which they are written") {
  auto net = two_layers<double>(), other = net;
  SGD<ClipValue, ClipNorm> value_first{{.learning_rate = 1}, ClipValue{3}, ClipNorm{1}};
  SGD<ClipNorm, ClipValue> norm_first{{.learning_rate = 1}, ClipNorm{1}, ClipValue{3}};
  value_first.step(net);
  norm_first.step(other);
  CHECK(parameter(net, "0.weight")(0) == Approx(-1 / std::sqrt(2)));
  CHECK(parameter(other, "0.weight")(0) == Approx(-0.6));
}

TEST_CASE("ClipNorm takes gradients whose squares overflow") {
  auto net = two_layers<float>();
  net.for_each_parameter([](const auto& p) { p.gradients[0] *= 1e37F; });
  SGD<ClipNorm> optimizer{{.learning_rate = 1}, ClipNorm{1}};
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == Approx(-0.6));
}

TEST_CASE("Transforms see the penalties, and the row_sums see the transforms") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, L2{1}));
  net.values()[0] = 10;
  Adam<ClipNorm> optimizer{{.learning_rate = 1, .beta1 = 0.5, .epsilon = 1}, ClipNorm{1}};
  CHECK(step_with(net, optimizer, 0) == Approx(10 - 1.0 / (1 + 1)));  // mhat = sqrt(vhat) = 1
  CHECK(net.gradients()[0] == Approx(1));
}

TEST_CASE("A transform of one's own joins in") {
  auto net = two_layers<float>();
  SGD<Halve> optimizer{{.learning_rate = 1}, Halve{}};
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == -1.5F);
}
