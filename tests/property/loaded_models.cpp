// SPDX-License-Identifier: MIT
// What beside weights a model has, and what becomes of it when a file is loaded: ties, frozen parameters,
// numbers that policies keep, and optimizers that have trained the model.
#include <limits>

#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/io/load.hpp"
#include "espalier/io/save.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/access.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "loaded.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

TEST_CASE("tied weights stay tied, and are in a file once, or twice and equal") {
  auto net = initialized(1, Dense(2, 2, NoBias{}), Dense(2, 2, NoBias{})), other = net;
  tie(net, "0.weight", "1.weight");
  tie(other, "0.weight", "1.weight");
  edit(net, [](std::span<float> all) { all[1] = 7; });
  for (const std::string_view left_out : {"", "0.weight", "1.weight"}) {
    TensorFile file = tensors(net);
    erase(file, left_out);
    auto loaded = other;
    CHECK(load(loaded, file).complete());
    CHECK(loaded == net);
    CHECK(parameter(loaded, "1.weight")(0, 1) == 7);
  }
  TensorFile file = tensors(net);
  at(file, "1.weight") = floats<float>("1.weight", {2, 2}, {1, 2, 3, 4});
  CHECK(message_of([&] { load(other, file); }) ==
        "tensors: expected the numbers of 0.weight in 1.weight too, which is tied to it, found others");
  erase(file, "0.weight");
  erase(file, "1.weight");
  CHECK(message_of([&] { load(other, file); }).ends_with("missing: 0.weight (2 x 2)"));
}

TEST_CASE("frozen parameters take the numbers of the file, and stay frozen") {
  auto net = initialized(1, Dense(2, 2)), other = initialized(2, Dense(2, 2));
  freeze(other, "0.weight");
  load(other, tensors(net));
  CHECK(other == net);
  CHECK(other.parameters().at("0.weight").frozen);
}

TEST_CASE("a policy keeps the start that the file says, that of its weights where it says none, or as told") {
  auto net = initialized(1, Dense(1, 2, L2ToStart{1}, NoBias{}));
  const double start = net.values()[0];
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  step_with(net, optimizer, 5);
  REQUIRE(penalty(net) > 0);
  const auto make = [] { return initialized(2, Dense(1, 2, L2ToStart{1}, NoBias{})); };
  auto resumed = make(), told = make(), without = make();
  load(resumed, tensors(net));
  CHECK(resumed == net);
  CHECK(penalty(resumed) == penalty(net));
  CHECK(resumed.parameters().entries()[0].memory[0] == start);
  load(told, tensors(net), {.start = StartFrom::loaded});
  CHECK(penalty(told) == 0);
  TensorFile file = tensors(net);
  erase(file, "0.weight.L2ToStart");
  load(without, file);
  CHECK(penalty(without) == 0);
  auto free = initialized(3, Dense(1, 2, NoBias{}));  // a model need not have the policy
  CHECK(load(free, tensors(net)).complete());
}

TEST_CASE("frozen numbers are those of the file, and must be the weights") {
  auto net = initialized(1, Dense(2, 2, Frozen{1, 0}, Mask{1, 1}, NoBias{}));
  auto other = initialized(2, Dense(2, 2, Frozen{1, 0}, Mask{1, 1}, NoBias{}));
  load(other, tensors(net));
  CHECK(other == net);
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  random_steps(other, optimizer, 3, 1);
  CHECK(parameter(other, "0.weight").col(0) == parameter(net, "0.weight").col(0));
  TensorFile file = tensors(net);
  at(file, "0.weight") = floats<float>("0.weight", {2, 2}, {1, 2, 3, 4});
  CHECK(message_of([&] { load(other, file); }).find("0.weight outside Frozen by") != std::string::npos);
  load(other, file, {.outside = Outside::project});
  CHECK(parameter(other, "0.weight").col(0) == parameter(net, "0.weight").col(0));
  CHECK(parameter(other, "0.weight")(1, 1) == 4);
  at(file, "0.weight.Frozen") = floats<float>("0.weight.Frozen", {4}, {1, 2, 3, 4});
  CHECK_THROWS_AS(load(other, file), FileError);
  at(file, "0.weight.Frozen") =
      floats<float>("0.weight.Frozen", {2, 2}, {1, 2, std::numeric_limits<float>::infinity(), 4});
  CHECK_THROWS_AS(load(other, file), NotFiniteError);
}

TEST_CASE("a mask is the program's, whatever a file was made under") {
  const auto net = initialized(1, Dense(2, 1, Mask{0, 1}, NoBias{}));
  auto other = initialized(2, Dense(2, 1, Mask{1, 0}, NoBias{}));
  CHECK(message_of([&] { load(other, tensors(net)); }).find("0.weight outside Mask by") != std::string::npos);
}

TEST_CASE("an optimizer begins anew with what has been loaded, unless its state is restored") {
  const auto make = [] { return Optimizer{SGD{.learning_rate = 0.5, .momentum = 0.9}}; };
  auto net = initialized(1, Dense(1, 1, NoBias{}));
  auto optimizer = make(), fresh = make();
  random_steps(net, optimizer, 3, 1);
  const TensorFile file = tensors(net);
  const auto state = optimizer.state(net);
  auto other = net, third = net;
  load(net, file);
  CHECK(net.parameters().entries()[0].activity.empty());
  load(other, file);
  CHECK(step_with(net, optimizer, 1) == step_with(other, fresh, 1));
  CHECK(optimizer.steps() == 1);
  auto restored = make(), went_on = make();
  auto fourth = third;
  load(third, file);
  restored.restore(third, state);
  went_on.restore(fourth, state);
  CHECK(step_with(third, restored, 1) == step_with(fourth, went_on, 1));
}
