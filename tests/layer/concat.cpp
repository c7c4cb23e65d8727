// SPDX-License-Identifier: MIT
#include "espalier/layer/concat.hpp"

#include "../support.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/residual.hpp"
#include "parametric_test.hpp"

using namespace espalier;

namespace {

/// Branches of all kinds: several layers, one, one without parameters, one with layers inside.
auto branches(Index width) {
  return Concat(Chain(Dense(width, 5, WeightNorm{}), Tanh{}, Dense(5, 2)), Dense(width, 1), SiLU{},
                Residual(Dense(width, 2), Tanh{}, Dense(2, width)));
}

static_assert(Parametric<Concat<Dense<>, Tanh>>);

struct NotCompared {
  void forward(const auto& x, auto&& y) const { y = x; }
  void backward(const auto&, const auto&, const auto& dy, auto&& dx) const { dx = dy; }
};
// Layers around one that is not compared are not compared either, which is said where somebody asks.
static_assert(!std::equality_comparable<Chain<Dense<2, 2>, NotCompared>>);
static_assert(!std::equality_comparable<Residual<Dense<2, 2>, NotCompared>>);
static_assert(!std::equality_comparable<Concat<Dense<2, 2>, NotCompared>>);
static_assert(std::equality_comparable<Concat<Tanh, Residual<Dense<2, 2>>>>);

}  // namespace

TEMPLATE_TEST_CASE("Branches see the same inputs, and their outputs stand one under the other", "", float,
                   double) {
  auto net = sequential<TestType>(Concat(Dense(2, 1), Identity{}, Chain(Dense(2, 3, NoBias{}), ReLU{})));
  CHECK(net.inputs() == 2);
  CHECK(net.outputs() == 6);
  assign(net, "0.0.weight", Matrix<TestType>{{1, 2}});
  assign(net, "0.0.bias", Matrix<TestType>{{0.5}});
  assign(net, "0.2.0.weight", Matrix<TestType>{{1, 0}, {0, -1}, {2, 2}});
  const Matrix<TestType> x{{1, -2}, {3, 0.5}};
  CHECK(net.forward(x) == Matrix<TestType>{{7.5, -0.5}, {1, -2}, {3, 0.5}, {1, 0}, {0, 0}, {8, 0}});
  CHECK(net.predict(x) == net.forward(x));
  Matrix<TestType> dx;
  net.backward(x, Matrix<TestType>{{1, 10}, {2, 3}, {0, 0}, {4, 1}, {5, 1}, {1, 1}}, dx);
  // Of the last branch only its first and third output of the first sample are on: (4 + 2, 2).
  CHECK(dx == Matrix<TestType>{{1 + 2 + 6, 10 + 3}, {2 + 2, 20}});
  CHECK(gradient(net, "0.0.weight") == Matrix<TestType>{{1 - 20, 3 + 5}});
  CHECK(gradient(net, "0.2.0.weight") == Matrix<TestType>{{4, 12}, {0, 0}, {1, 3}});
}

TEST_CASE("The layers of branches have the branch's number in their paths") {
  CHECK(test::paths_of(sequential<float>(Dense(3, 4), branches(4))) ==
        std::vector<std::string>{"0.weight", "0.bias", "1.0.0.weight", "1.0.0.gain", "1.0.0.bias",
                                 "1.0.2.weight", "1.0.2.bias", "1.1.weight", "1.1.bias", "1.3.body.0.weight",
                                 "1.3.body.0.bias", "1.3.body.2.weight", "1.3.body.2.bias"});
}

TEST_CASE("Gradients of branches are right, wherever they stand") {
  for (const Index samples : {1, 5}) {
    auto net = sequential<double>(branches(3), Tanh{}, Dense(9, 4), branches(4));
    test::fill_parameters(net, 1, 0.7);
    test::check_gradients(net, samples);
  }
}

TEST_CASE("Two branches of the same weights share the work of one of twice the outputs") {
  auto net = sequential<double>(Concat(Dense(4, 2), Dense(4, 3)));
  auto same = sequential<double>(Dense(4, 5));
  initialize(same, Rng{1}, PyTorchLinear{});
  for (const char* name : {"weight", "bias"}) {
    const Matrix<double> all = parameter(same, std::string("0.") + name);
    assign(net, std::string("0.0.") + name, all.topRows(2));
    assign(net, std::string("0.1.") + name, all.bottomRows(3));
  }
  const Matrix<double> x = random_matrix<double>(4, 7, 2), dy = random_matrix<double>(5, 7, 3);
  CHECK((net.forward(x) - same.forward(x)).norm() < 1e-14);
  Matrix<double> dx, expected;
  net.backward(x, dy, dx);
  same.backward(x, dy, expected);
  CHECK((dx - expected).norm() < 1e-14);
}

TEST_CASE("Dropout of branches draws from streams that differ, the same ones backward") {
  auto net = sequential<float>(Dense(40, 40, NoBias{}),
                               Concat(Dropout{0.5}, Chain(Dense(40, 40), Dropout{0.5}), Dropout{0.5}));
  for (const char* path : {"0.weight", "1.1.0.weight"}) assign(net, path, Matrix<float>::Identity(40, 40));
  const Matrix<float> x = Matrix<float>::Ones(40, 1), y = net.forward(x);
  CHECK((y.array() == 0 || y.array() == 2).all());
  CHECK(y.topRows(40) != y.bottomRows(40));
  CHECK(y.topRows(40) != y.middleRows(40, 40));
  Matrix<float> dx;
  net.backward(x, Matrix<float>::Ones(120, 1), dx);
  CHECK(dx == y.topRows(40) + y.middleRows(40, 40) + y.bottomRows(40));
  CHECK(net.predict(x) == Matrix<float>::Ones(120, 1));
}

TEMPLATE_TEST_CASE("Branches keep as much as they say", "", float, double) {
  test::check_kept<TestType>(branches(5));
  test::check_kept<TestType>(Concat(Dense(3, 7)));
}

TEST_CASE("A Concat of a Concat is a branch in a branch") {
  STATIC_REQUIRE(std::same_as<decltype(Concat{branches(3)}), Concat<decltype(branches(3))>>);
  CHECK(test::paths_of(sequential<float>(Concat{Concat{Dense(2, 3, NoBias{})}})) ==
        std::vector<std::string>{"0.0.0.weight"});
}

TEST_CASE("Branches need the same number of inputs, and options that make sense") {
  CHECK(message_of([] { Concat(Dense(4, 3), ReLU{}, Dense(5, 3)); }) ==
        "Concat, branch 2: expected 4 inputs, those of the branches before it, found 5");
  CHECK_THROWS_AS(Concat(Dense(2, 2), LeakyReLU{-1}), ValueError);
  CHECK_THROWS_AS(sequential<float>(branches(4), Dense(9, 2)), ShapeError);
  using Known = Concat<Chain<Dense<4, 8>, ReLU>, Identity, Dense<4, 2>>;
  STATIC_REQUIRE(Known::input_extent == 4);
  STATIC_REQUIRE(Known::output_extent == 14);
  STATIC_REQUIRE(Concat<Dense<4, 8>, Dense<>>::output_extent == Dynamic);
}

TEST_CASE("Branches are values that can be compared") {
  CHECK(branches(3) == branches(3));
  CHECK(Concat(Dense(3, 3, L1{1})) != Concat(Dense(3, 3, L1{2})));
}
