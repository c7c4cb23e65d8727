// SPDX-License-Identifier: MIT
#include "espalier/layer/dense.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

/// Outputs, parameters and gradients of a net after one pass with fixed numbers.
template <class Net>
std::vector<double> pass_through(Net net, Index samples) {
  using S = typename Net::scalar_type;
  initialize(net, Rng{3}, PyTorchLinear{});
  const Matrix<S> x = random_matrix<S>(net.inputs(), samples, 4), y = net.forward(x);
  net.backward(x, random_matrix<S>(net.outputs(), samples, 5));
  std::vector<double> numbers(y.data(), y.data() + y.size());
  net.for_each_parameter([&](const auto& p) {
    numbers.insert(numbers.end(), p.values, p.values + p.size());
    numbers.insert(numbers.end(), p.gradients, p.gradients + p.size());
  });
  return numbers;
}

/// The largest relative difference.
double apart(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(a[i] - b[i]) / std::max(1.0, std::abs(a[i])));
  return largest;
}

/// The same net with sizes of both kinds: for each the numbers that it comes to.
template <Scalar S, int in, int hidden, int out>
void compare_sizes() {
  const double roundings = sizeof(S) == sizeof(float) ? 1e-6 : 1e-14;
  for (const Index samples : {1, 2, 7}) {
    CAPTURE(in, hidden, out, samples);
    const auto expected =
        pass_through(sequential<S>(Dense(in, hidden, MaxNorm{1}), Tanh{}, Dense(hidden, out)), samples);
    const auto check = [&](const auto& first, const auto& second) {
      CHECK(apart(expected, pass_through(sequential<S>(first, Tanh{}, second), samples)) <= roundings);
    };
    check(Dense<in, hidden, MaxNorm>{{1}}, Dense<hidden, out>{});
    check(Dense<in, hidden, MaxNorm>{{1}}, Dense(hidden, out));
    check(Dense(in, hidden, MaxNorm{1}), Dense<hidden, out>{});
  }
}

}  // namespace

TEST_CASE("Sizes known at compile time or at run time give the same numbers") {
  compare_sizes<float, 3, 5, 2>();
  compare_sizes<double, 3, 5, 2>();
  compare_sizes<double, 1, 1, 1>();
  compare_sizes<double, 4, 1, 3>();
  compare_sizes<float, 1, 130, 9>();  // the last layer is too large to unroll
}

TEST_CASE("Dense computes W x + b and the gradients of a sum over samples") {
  auto net = sequential<double>(Dense(2, 1), Dense(1, 2, NoBias{}));
  assign(net, "0.weight", Matrix<double>{{2, -1}});
  assign(net, "0.bias", Matrix<double>{{0.5}});
  assign(net, "1.weight", Matrix<double>{{3}, {-2}});
  const Matrix<double> x{{1, 0}, {4, 1}};  // two samples, (1, 4) and (0, 1)
  // Hidden: 2 - 4 + 0.5 = -1.5 and -1 + 0.5 = -0.5.
  CHECK(net.forward(x) == Matrix<double>{{-4.5, -1.5}, {3, 1}});
  net.backward(x, Matrix<double>{{1, 2}, {10, 20}});
  // At the hidden unit: 3 * 1 - 2 * 10 = -17 and -34.
  std::vector<std::vector<double>> gradients;
  net.for_each_parameter([&](const auto& p) { gradients.emplace_back(p.gradients, p.gradients + p.size()); });
  REQUIRE(gradients.size() == 3);
  CHECK(gradients[0] == std::vector<double>{-17, -17 * 4 - 34});
  CHECK(gradients[1] == std::vector<double>{-51});
  CHECK(gradients[2] == std::vector<double>{-1.5 * 1 - 0.5 * 2, -1.5 * 10 - 0.5 * 20});
}

TEST_CASE("NoBias has no bias, and a layer without it starts at zero bias") {
  auto net = sequential<float>(Dense(2, 3, NoBias{}), Dense(3, 1));
  initialize(net, Rng{1});
  std::vector<std::string> names;
  net.for_each_parameter([&](const auto& p) { names.push_back(p.path); });
  CHECK(names == std::vector<std::string>{"0.weight", "1.weight", "1.bias"});
  CHECK(net.predict(Matrix<float>::Zero(2, 1)) == Matrix<float>::Zero(1, 1));
}

TEMPLATE_TEST_CASE("Bias and Gain carry policies of their own, and other biases are free", "", float,
                   double) {
  auto net = sequential<TestType>(Dense(4, 3, MaxNorm{0.1}, Bias{NonNegative{}}), Tanh{},
                                  Dense(3, 3, WeightNorm{}, Gain{Clip{0.2, 0.4}}, Bias{Clip{-0.01, 0.01}}),
                                  Tanh{}, Dense(3, 2, Clip{0, 0.1}));
  initialize(net, Rng{2}, PyTorchLinear{});
  CHECK(feasible(net));
  Optimizer optimizer{SGD{.learning_rate = 0.5}};
  random_steps(net, optimizer, 20, 3);
  CHECK(feasible(net));
  CHECK(parameter(net, "0.bias").minCoeff() == 0);
  CHECK(parameter(net, "0.bias").maxCoeff() > 0.1);
  CHECK(parameter(net, "2.gain").maxCoeff() == detail::round_down<TestType>(0.4));
  CHECK(parameter(net, "4.bias").cwiseAbs().maxCoeff() > 0.5);
}

TEMPLATE_TEST_CASE("A policy of vectors on a bias bounds all of it, as a set and in steps", "", float,
                   double) {
  auto net = sequential<TestType>(Dense(3, 2, Bias{MaxNorm{1}}));
  const Matrix<TestType> longer = Eigen::Vector2d(0.7, 0.8).cast<TestType>();  // of numbers of at most 1
  assign(net, "0.bias", longer);
  const TestType length = std::sqrt(TestType(0.7 * 0.7 + 0.8 * 0.8));
  CHECK((parameter(net, "0.bias") - longer / length).norm() < 1e-6);
  const Matrix<TestType> inside = Eigen::Vector2d(0.6, -0.79).cast<TestType>();
  assign(net, "0.bias", inside);
  CHECK(parameter(net, "0.bias") == inside);

  Optimizer optimizer{SGD{.learning_rate = 1}};
  std::fill(net.gradients().begin(), net.gradients().end(), TestType(0));
  net.parameters().gradients_of(net.parameters().at("0.bias"))[0] = TestType(-2.4);  // to (3, -0.79)
  optimizer.step(net);
  const Matrix<TestType> moved = Eigen::Vector2d(3, -0.79).cast<TestType>();
  CHECK((parameter(net, "0.bias") - moved / moved.norm()).norm() < 1e-6);
  CHECK(feasible(net));
  const auto& e = net.parameters().at("0.bias");
  CHECK(e.pack.names()[0] == "MaxNorm");
  CHECK(e.activity[0].fraction == 1);  // the one group that there is

  edit_policy<MaxNorm>(net, "0.bias", [](MaxNorm& p) { p.radius = 0.5; });
  CHECK(policy<MaxNorm>(net, "0.bias").radius == 0.5);
  CHECK((parameter(net, "0.bias") - moved / (2 * moved.norm())).norm() < 1e-6);
}

TEST_CASE("UnitNorm and other sets of vectors hold for a bias and for gains as one vector") {
  auto net = sequential<double>(Dense(3, 4, WeightNorm{}, Gain{MaxNorm{1}}, Bias{UnitNorm{}, NonNegative{}}),
                                Tanh{}, Dense(4, 3, Bias{SumTo{.value = 0}}));
  initialize(net, {.seed = 1});
  CHECK(parameter(net, "0.bias").norm() == Approx(1).epsilon(1e-15));
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) random_steps(net, optimizer, 1, seed);
  CHECK(feasible(net));
  CHECK(parameter(net, "0.bias").norm() == Approx(1).epsilon(1e-15));
  CHECK(parameter(net, "0.bias").minCoeff() >= 0);
  CHECK(parameter(net, "0.bias").maxCoeff() < 1);  // each number alone would be 1
  CHECK(parameter(net, "0.gain").norm() <= 1 + 1e-15);
  CHECK(parameter(net, "0.gain").norm() > 0.5);
  CHECK(std::abs(parameter(net, "2.bias").sum()) < 1e-14);
  CHECK(parameter(net, "2.bias").cwiseAbs().maxCoeff() > 0.1);
}

TEST_CASE("The order of the policies does not matter to a layer") {
  auto net = sequential<double>(Dense(4, 3, L1{0.01}, Bias{NonNegative{}}, MaxNorm{0.5}, Clip{-0.3, 0.2}));
  auto same = sequential<double>(Dense(4, 3, Clip{-0.3, 0.2}, MaxNorm{0.5}, L1{0.01}, Bias{NonNegative{}}));
  initialize(net, Rng{2});
  initialize(same, Rng{2});
  Optimizer optimizer{SGD{.learning_rate = 0.1}}, again = optimizer;
  random_steps(net, optimizer, 50, 3);
  random_steps(same, again, 50, 3);
  CHECK(numbers_of(net) == numbers_of(same));
}

TEMPLATE_TEST_CASE("A normalized layer multiplies by its effective weight", "", float, double) {
  auto net = sequential<TestType>(Dense(5, 4, WeightNorm{}), Tanh{}, Dense(4, 3, UnitNormalized{}), Tanh{},
                                  Dense(3, 2, WeightNorm{}, NoBias{}));
  initialize(net, Rng{2}, PyTorchLinear{});
  assign(net, "0.gain", Matrix<TestType>{{2}, {-1}, {0}, {0.5}});
  CHECK((effective_weight(net, "0.weight").rowwise().norm() - Matrix<TestType>{{2}, {1}, {0}, {0.5}}).norm() <
        1e-6);
  CHECK((effective_weight(net, "2.weight").rowwise().norm().array() - 1).abs().maxCoeff() < 1e-6);
  auto plain = sequential<TestType>(Dense(5, 4), Tanh{}, Dense(4, 3), Tanh{}, Dense(3, 2, NoBias{}));
  for (const char* path : {"0.weight", "2.weight", "4.weight"})
    assign(plain, path, effective_weight(net, path));
  for (const char* path : {"0.bias", "2.bias"}) assign(plain, path, parameter(net, path));
  const Matrix<TestType> x = random_matrix<TestType>(5, 9, 1);
  CHECK((net.predict(x) - plain.predict(x)).norm() <= (sizeof(TestType) == 4 ? 1e-6 : 1e-14));
}

TEST_CASE("WeightNorm starts at the weight that the initializer made") {
  auto net = sequential<double>(Dense(5, 4, WeightNorm{}));
  auto plain = sequential<double>(Dense(5, 4));
  initialize(net, Rng{2});
  initialize(plain, Rng{2});
  CHECK((effective_weight(net, "0.weight") - parameter(plain, "0.weight")).norm() < 1e-15);
}

TEMPLATE_TEST_CASE("A direction of no length gives a zero row and no gradient", "", float, double) {
  const TestType too_small = std::numeric_limits<TestType>::denorm_min();  // 1 / norm(v) is no number
  auto net = sequential<TestType>(Dense(2, 3, WeightNorm{}));
  assign(net, "0.weight", Matrix<TestType>{{0, 0}, {too_small, 0}, {3, 4}});
  assign(net, "0.gain", Matrix<TestType>{{2}, {2}, {10}});
  const Matrix<TestType> x{{1}, {1}}, y = net.forward(x);
  CHECK(y.isApprox(Matrix<TestType>{{0}, {0}, {14}}));
  CHECK(effective_weight(net, "0.weight").isApprox(Matrix<TestType>{{0, 0}, {0, 0}, {6, 8}}));
  net.backward(x, Matrix<TestType>{{1}, {1}, {0}});
  CHECK(std::all_of(net.gradients().begin(), net.gradients().begin() + 6, [](TestType g) { return g == 0; }));
}

TEST_CASE("Dense takes sizes of any integer type") {
  const Index features = 3;
  const std::size_t classes = 4;
  CHECK(Dense(features, 2).inputs() == 3);
  CHECK(Dense(2, features, L2{0.1}).outputs() == 3);
  CHECK(Dense(features, classes).outputs() == 4);
}

TEST_CASE("Dense refuses sizes and policies that make no sense, and says where") {
  CHECK_THROWS_AS(Dense(0, 3), ShapeError);
  CHECK(message_of([] { Dense(4, -1); }) == "Dense: expected at least 1 input and 1 output, found 4 -> -1");
  CHECK_THROWS_AS((Dense<3, 2, MaxNorm>{}), ValueError);  // no radius given
  CHECK(message_of([] { Dense(4, 2, MaxNorm{-1}); }) ==
        "Dense(4, 2) weight: MaxNorm: expected radius > 0 and finite, found -1");
  CHECK(message_of([] {
          Dense(4, 2, Bias{Clip{1, 0}});
        }).starts_with("Dense(4, 2) bias: Clip: expected lo <= hi"));
  CHECK(message_of([] { Dense(4, 2, WeightNorm{}, Gain{L2{-1}}); }).starts_with("Dense(4, 2) gain: L2: "));
  CHECK(message_of([] {
          Dense(4, 2, Clip{0.6, 1}, MaxNorm{1});
        }) ==
        "Dense(4, 2) weight: expected constraint sets that have a point in common, found an empty "
        "intersection of Clip, MaxNorm");
}

TEST_CASE("Layers are values that can be compared") {
  CHECK(Dense(2, 3, L1{0.1}) == Dense(2, 3, L1{0.1}));
  CHECK(Dense(2, 3, L1{0.1}) != Dense(2, 3, L1{0.2}));
  CHECK(Dense(2, 3, Bias{Clip{0, 1}}) != Dense(2, 3, Bias{Clip{0, 2}}));
}
