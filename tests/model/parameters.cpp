// SPDX-License-Identifier: MIT
#include "espalier/model/parameters.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity(),
                no_number = std::numeric_limits<float>::quiet_NaN();

auto small_net() {
  Sequential net(Dense(2, 2, MaxNorm{1}), ReLU{}, Dense(2, 1, Clip{-1, 1}));
  initialize(net, Rng{1});
  return net;
}

}  // namespace

TEST_CASE("assign writes a parameter and moves it to the nearest feasible point") {
  auto net = small_net();
  assign(net, "0.weight", Matrix<float>{{0.5F, 0.25F}, {3, 4}});
  const Matrix<float> weight = parameter(net, "0.weight");
  CHECK(weight.row(0) == Matrix<float>{{0.5F, 0.25F}});  // feasible: bit for bit
  CHECK((weight.row(1) - Matrix<float>{{0.6F, 0.8F}}).norm() < 1e-6F);
  CHECK(feasible(net));
  assign(net, "2.bias", Matrix<float>{{7}});
  CHECK(parameter(net, "2.bias")(0) == 7);
}

TEST_CASE("assign refuses what does not fit, and changes nothing") {
  auto net = small_net();
  const auto before = net;
  const Matrix<float> right = Matrix<float>::Ones(2, 2);
  CHECK(message_of([&] { assign(net, "0.weight", Matrix<float>::Ones(2, 3)); }) ==
        "0.weight: expected 2 x 2, found 2 x 3");
  CHECK(message_of([&] { assign(net, "0.weights", right); }) ==
        "0.weights: expected the path of a parameter, found 0.weight, 0.bias, 2.weight, 2.bias");
  CHECK(message_of([&] {
          assign(net, "1.weight", right);
        }).starts_with("1.weight: expected the path of a parameter"));
  CHECK_THROWS_AS(assign(net, "8.weight", right), ValueError);
  CHECK(message_of([&] {
          assign(net, "0.weight", Matrix<float>{{0, 0}, {no_number, 0}});
        }) == "0.weight: expected finite numbers, found NaN or infinity");
  CHECK_THROWS_AS(assign(net, "2.weight", Matrix<float>{{0, infinity}}), NotFiniteError);
  CHECK(net == before);
}

TEST_CASE("project touches what is infeasible only") {
  auto net = small_net();
  const auto before = net;
  project(net);
  CHECK(net.values() == before.values());
  net.for_each_parameter([](const auto& p) {
    if (p.layer == 2 && p.name == "weight") p.values[0] = 5;
  });
  CHECK(!feasible(net));
  project(net);
  CHECK(feasible(net));
  CHECK(parameter(net, "2.weight")(0) == 1);
  CHECK(parameter(net, "0.weight") == parameter(before, "0.weight"));
}

TEST_CASE("project refuses NaN and infinity instead of repairing them, and changes nothing") {
  auto net = small_net();
  net.values()[0] = 100;  // infeasible
  net.for_each_parameter([](const auto& p) {
    if (p.layer == 2 && p.name == "weight") p.values[1] = GENERATE(no_number, infinity);
  });
  CHECK(message_of([&] { project(net); }) == "2.weight: expected finite weights, found NaN or infinity");
  CHECK(net.values()[0] == 100);
}

TEST_CASE("penalty is the sum over the weights that have one; biases do not") {
  auto net = sequential<double>(Dense(2, 1, L2{0.5}), Dense(1, 1, L1{2}, L2{1}), Dense(1, 1, Bias{L1{10}}));
  for (const char* path : {"0.bias", "1.bias", "2.bias"}) assign(net, path, Matrix<double>{{100}});
  assign(net, "0.weight", Matrix<double>{{1, -2}});
  assign(net, "1.weight", Matrix<double>{{-3}});
  CHECK(penalty(net) == 0.25 * 5 + 2 * 3 + 0.5 * 9 + 1000);
  CHECK(penalty<true>(net) == 0.25 * 5 + 0.5 * 9);
}

TEST_CASE("effective_weight is the weight itself, or what its reparametrization makes of it") {
  auto net = Sequential(Dense(2, 2, WeightNorm{}), Dense(2, 1, UnitNormalized{}), Dense(1, 1));
  assign(net, "0.weight", Matrix<float>{{3, 4}, {0, 2}});
  assign(net, "0.gain", Matrix<float>{{10}, {-1}});
  assign(net, "1.weight", Matrix<float>{{-5, 0}});
  assign(net, "2.weight", Matrix<float>{{7}});
  CHECK((effective_weight(net, "0.weight") - Matrix<float>{{6, 8}, {0, -1}}).norm() < 1e-6F);
  CHECK(effective_weight(net, "1.weight") == Matrix<float>{{-1, 0}});
  CHECK(effective_weight(net, "2.weight") == Matrix<float>{{7}});
  CHECK_THROWS_AS(effective_weight(net, "3.weight"), ValueError);
}

TEST_CASE("require_finite names the parameter and what of it") {
  auto net = small_net();
  detail::require_finite<float>(net.parameters(), "gradients", net.gradients());
  net.for_each_parameter([](const auto& p) {
    if (p.layer == 2 && p.name == "bias") p.gradients[0] = -infinity;
  });
  CHECK(message_of([&] { detail::require_finite<float>(net.parameters(), "gradients", net.gradients()); }) ==
        "2.bias: expected finite gradients, found NaN or infinity");
}
