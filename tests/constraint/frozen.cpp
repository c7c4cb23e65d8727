// SPDX-License-Identifier: MIT
#include "espalier/constraint/frozen.hpp"

#include <cstring>

#include "espalier/certify/audit.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/train/average.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(ElementSet<Frozen> && Policy<Frozen>);

namespace {

/// The frozen ones of a 3 x 5 weight.
Matrix<double> places() {
  Matrix<double> m = Matrix<double>::Zero(3, 5);
  m(0, 0) = m(1, 3) = m(2, 1) = m(2, 4) = 1;
  return m;
}

template <Scalar S>
bool same_where_frozen(const Matrix<S>& a, const Matrix<S>& b) {
  const Matrix<double> frozen = places();
  for (Index i = 0; i < a.size(); ++i)
    if (frozen(i) != 0 && std::memcmp(&a(i), &b(i), sizeof(S)) != 0) return false;
  return true;
}

template <Scalar S, class... Ps>
auto started(const Ps&... policies) {
  auto net = sequential<S>(Dense(5, 3, Frozen{Pattern(places())}, policies...));
  initialize(net, {.seed = 3});
  return net;
}

}  // namespace

TEMPLATE_TEST_CASE("Frozen weights keep their bits under decay, momentum, penalties, averages and project",
                   "", float, double) {
  const auto check = [](const auto&... policies) {
    auto net = started<TestType>(policies...);
    const auto start = parameter(net, "0.weight");
    Optimizer optimizer{Adam{.learning_rate = 0.05}};
    ExponentialAverage average{.decay = 0.5};
    for (int k = 0; k < 20; ++k) {
      random_steps(net, optimizer, 1, static_cast<std::uint64_t>(k));
      average.add(net);
      REQUIRE(same_where_frozen(parameter(net, "0.weight"), start));
      REQUIRE(feasible(net));
    }
    CHECK((parameter(net, "0.weight") - start).norm() > 0.1);
    CHECK(same_where_frozen(parameter(average.averaged(net), "0.weight"), start));
    std::ranges::fill(detail::arena(net.parameters()), TestType(0.25));
    project(net);
    CHECK(same_where_frozen(parameter(net, "0.weight"), start));
    CHECK(feasible(net));
  };
  check();
  check(WeightDecay{0.5}, L1{0.01});
  check(NonNegative{}, MaxNorm{0.6});
}

TEST_CASE("initialize freezes what the sets beside have made of the initial weights") {
  auto net = started<float>(Clip{0.1, 0.2});
  CHECK(feasible(net));
  const Matrix<float> start = parameter(net, "0.weight");
  initialize(net, {.seed = 4});
  CHECK(feasible(net));
  CHECK_FALSE(same_where_frozen(parameter(net, "0.weight"), start));
}

TEST_CASE("assign freezes what it is given and moves the rest; what does not fit changes nothing") {
  auto net = started<double>(MaxNorm{1});
  Matrix<double> w = Matrix<double>::Constant(3, 5, 0.6);
  assign(net, "0.weight", w);
  CHECK(same_where_frozen(parameter(net, "0.weight"), w));
  CHECK(feasible(net));
  CHECK((parameter(net, "0.weight").row(0).norm() - 1) < 1e-15);

  const auto before = net;
  w(2, 4) = 0.9;  // 0.6^2 + 0.9^2 > 1
  CHECK(
      message_of([&] { assign(net, "0.weight", w); }) ==
      "0.weight: expected frozen weights inside the sets of the policies beside them, found weights outside");
  CHECK(net == before);
  w(2, 4) = 0.8;  // to the last bit or beyond
  w(2, 1) = std::nextafter(0.6, 0.0);
  assign(net, "0.weight", w);
  CHECK(feasible(net));
  CHECK(parameter(net, "0.weight")(2, 0) < 1e-7);
}

TEST_CASE(
    "A changed set beside must leave frozen weights where they are, and a changed pattern freezes now") {
  auto net = started<double>(MaxNorm{2});
  assign(net, "0.weight", Matrix<double>(Matrix<double>::Constant(3, 5, 0.6)));
  const auto before = net;
  CHECK_THROWS_AS(edit_policy<MaxNorm>(net, "0.weight", [](MaxNorm& p) { p.radius = 0.5; }), ValueError);
  CHECK(net == before);
  edit_policy<MaxNorm>(net, "0.weight", [](MaxNorm& p) { p.radius = 1; });
  CHECK(same_where_frozen(parameter(net, "0.weight"), parameter(before, "0.weight")));
  CHECK(parameter(net, "0.weight") != parameter(before, "0.weight"));

  edit_policy<Frozen>(net, "0.weight", [](Frozen& p) { p = Frozen{1, 1, 1, 1, 1}; });
  const Matrix<double> now = parameter(net, "0.weight");
  Optimizer optimizer{Adam{.learning_rate = 0.05}};
  random_steps(net, optimizer, 3, 1);
  CHECK(parameter(net, "0.weight") == now);
}

TEST_CASE("Tied weights are frozen alike") {
  auto net = sequential<float>(Dense(4, 4, Frozen{1, 0, 0, 1}), Dense(4, 4, Frozen{1, 0, 0, 1}));
  initialize(net, {.seed = 1});
  tie(net, "0.weight", "1.weight");
  CHECK(feasible(net));
  assign(net, "0.weight", Matrix<float>(Matrix<float>::Constant(4, 4, 0.5F)));
  CHECK(feasible(net));
}

TEST_CASE("Frozen from an optimizer takes the weights as they are, or is refused") {
  auto net = sequential<float>(Dense(4, 2));
  initialize(net, {.seed = 1});
  const Matrix<float> start = parameter(net, "0.weight");
  Optimizer optimizer{Adam{.learning_rate = 0.05}, Frozen{1, 0, 0, 1}};
  random_steps(net, optimizer, 3, 1);
  const Matrix<float> end = parameter(net, "0.weight");
  CHECK((end.col(0) == start.col(0) && end.col(3) == start.col(3) && end.col(1) != start.col(1)));

  auto other = sequential<float>(Dense(4, 2));
  initialize(other, {.seed = 1});
  const auto before = other;
  Optimizer outside{Adam{}, Frozen{1, 0, 0, 1}, MaxNorm{1e-3}};
  Optimizer misfit{Adam{}, Frozen{1, 0, 0}};
  CHECK_THROWS_AS(outside.prepare(other), ValueError);
  CHECK(message_of([&] { misfit.prepare(other); }) ==
        "0.weight (policies of the optimizer): expected a Frozen of 2 x 4 numbers, or of 4, one for each "
        "input, "
        "found one of 3");
  CHECK((other == before && audit(other).parameters[0].policies.empty()));
}

TEST_CASE("A pattern of another shape is refused when the layer is made, an impossible one with the model") {
  CHECK(
      message_of([] {
        Dense(5, 3, Frozen{1, 0});
      }) ==
      "Dense(5, 3) weight: expected a Frozen of 3 x 5 numbers, or of 5, one for each input, found one of 2");
}
