// SPDX-License-Identifier: MIT
#include "espalier/model/policies.hpp"

#include <map>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

TEST_CASE("A policy's value can be read, and changed where the new one makes sense") {
  auto net = Sequential(Dense(2, 1, L1{0.5}, MaxNorm{.radius = 5}), Dense(1, 1));
  assign(net, "0.weight", Matrix<float>{{3, 4}});
  CHECK(policy<L1>(net, "0.weight").strength == 0.5);
  const auto before = net;
  edit_policy<MaxNorm>(net, "0.weight", [](MaxNorm& p) { p.radius = 1; });
  CHECK(policy<MaxNorm>(net, "0.weight").radius == 1);
  CHECK(parameter(net, "0.weight").norm() <= 1);
  CHECK(policy<MaxNorm>(before, "0.weight").radius == 5);  // a copy has its own
  const auto after = net;
  CHECK(message_of([&] { edit_policy<MaxNorm>(net, "0.weight", [](MaxNorm& p) { p.radius = -1; }); }) ==
        "0.weight: MaxNorm: expected radius > 0 and finite, found -1");
  CHECK(net == after);
  CHECK(policy<MaxNorm>(net, "0.weight").radius == 1);
  CHECK(message_of([&] { policy<Clip>(net, "0.weight"); }) ==
        "0.weight: expected the policy Clip, found L1, MaxNorm");
  CHECK(message_of([&] { policy<Clip>(net, "1.weight"); }) ==
        "1.weight: expected the policy Clip, found none");
}

TEST_CASE("A changed policy holds for what is tied to the weight, and frozen numbers must be inside") {
  Sequential net(Dense(2, 2, MaxNorm{9}), Dense(2, 2, MaxNorm{9}));
  assign(net, "0.weight", Matrix<float>{{3, 4}, {0, 1}});
  tie(net, "0.weight", "1.weight");
  edit_policy<MaxNorm>(net, "0.weight", [](MaxNorm& p) { p.radius = 6; });
  CHECK(policy<MaxNorm>(net, "1.weight").radius == 6);
  CHECK(message_of([&] { edit_policy<MaxNorm>(net, "1.weight", [](MaxNorm&) {}); }) ==
        "1.weight: expected the path that it is tied to, 0.weight, found a tied one");
  freeze(net, "0.weight");
  const auto before = net;
  CHECK(message_of([&] { edit_policy<MaxNorm>(net, "0.weight", [](MaxNorm& p) { p.radius = 1; }); }) ==
        "0.weight: expected frozen numbers inside the sets of the policies, found numbers outside: unfreeze "
        "them first");
  CHECK(net == before);
  CHECK(policy<MaxNorm>(net, "0.weight").radius == 6);
}

TEST_CASE("Policies chosen while a program runs are as those of the layer, bit for bit") {
  const auto train = [](auto net, const auto& choose) {
    choose(net);
    initialize(net, {.seed = 3});
    Optimizer optimizer{Adam{.learning_rate = 0.05}};
    random_steps(net, optimizer, 20, 7);
    CHECK(feasible(net));
    return std::pair(numbers_of(net), penalty(net));
  };
  const auto nothing = [](auto&) {};
  const auto by_type = [&](const auto&... policies) {
    return train(Sequential(Dense(5, 4, policies...), Tanh{}, Dense(4, 2)), nothing);
  };
  const std::map<std::string, AnyPack<float>> kinds{{"free", AnyPack<float>()},
                                                    {"L1", AnyPack<float>(Pack(L1{0.1}))},
                                                    {"both", AnyPack<float>(Pack(L1{0.1}, MaxNorm{0.5}))},
                                                    {"columns", AnyPack<float>(Pack(PerInput{MaxNorm{0.5}}))},
                                                    {"decay", AnyPack<float>(Pack(WeightDecay{0.1}))}};
  const auto by_name = [&](const char* name) {
    return train(Sequential(Dense(5, 4), Tanh{}, Dense(4, 2)),
                 [&](auto& net) { set_policies(net, "0.weight", kinds.at(name)); });
  };
  CHECK(by_name("free") == by_type());
  CHECK(by_name("L1") == by_type(L1{0.1}));
  CHECK(by_name("both") == by_type(L1{0.1}, MaxNorm{0.5}));
  CHECK(by_name("columns") == by_type(PerInput{MaxNorm{0.5}}));
  CHECK(by_name("decay") == by_type(WeightDecay{0.1}));
  CHECK(train(Sequential(Dense(5, 4, Clip{-1, 1}), Tanh{}, Dense(4, 2)), [](auto& net) {
          set_policies(net, "0.weight", NonNegative{}, MaxNorm{0.5});
        }) == by_type(NonNegative{}, MaxNorm{0.5}));
}

TEST_CASE("New policies move the numbers into their sets, and begin without activity") {
  Sequential net(Dense(2, 2, L1{0.1}));
  assign(net, "0.weight", Matrix<float>{{3, 4}, {0, 1}});
  assign(net, "0.bias", Matrix<float>{{3}, {4}});
  set_policies(net, "0.weight", MaxNorm{1}, Clip{0, 9});
  CHECK((parameter(net, "0.weight") - Matrix<float>{{0.6F, 0.8F}, {0, 1}}).norm() < 1e-6F);
  const auto& e = net.parameters().at("0.weight");
  CHECK(std::vector<std::string_view>(e.pack.names().begin(), e.pack.names().end()) ==
        std::vector<std::string_view>{"MaxNorm", "Clip"});
  CHECK(e.activity == std::vector<Activity>(2));
  set_policies(net, "0.bias", MaxNorm{1});  // a bias is one vector
  CHECK((parameter(net, "0.bias") - Matrix<float>{{0.6F}, {0.8F}}).norm() < 1e-6F);
  CHECK(policy<MaxNorm>(net, "0.bias").radius == 1);
  set_policies(net, "0.weight");
  CHECK(net.parameters().at("0.weight").pack.empty());
}

TEST_CASE("Policies that make no sense at a path are refused, and nothing changes") {
  Sequential net(Dense(2, 2, MaxNorm{9}), Dense(2, 2, WeightNorm{}));
  initialize(net, {.seed = 1});
  const auto before = net;
  CHECK(message_of([&] { set_policies(net, "0.weight", MaxNorm{-1}); }) ==
        "0.weight: MaxNorm: expected radius > 0 and finite, found -1");
  CHECK(message_of([&] { set_policies(net, "0.weight", WeightNorm{}); }) ==
        "0.weight: expected a reparametrization among the policies of its layer only, Dense(in, out, "
        "WeightNorm{}), found WeightNorm");
  CHECK_THROWS_AS(set_policies(net, "1.weight", L1{0.1}), ValueError);
  CHECK(
      message_of([&] { set_policies(net, "0.bias", AnyPack<float>(Pack(MaxNorm{1}))); }) ==
      "0.bias: expected policies of all of a vector: write Whole{...} around those that look at rows, found "
      "MaxNorm");
  CHECK_THROWS_AS(set_policies(net, "2.weight", L1{0.1}), ValueError);
  CHECK(net == before);
  CHECK(policy<MaxNorm>(net, "0.weight").radius == 9);
}

TEST_CASE("A buffer takes no policies, since its layer writes it") {
  auto net = Sequential(Dense(2, 3), BatchNorm(3), Dense(3, 1));
  CHECK(message_of([&] { set_policies(net, "1.running_mean", NonNegative{}); }) ==
        "1.running_mean: expected a parameter that is trained, found a buffer, which its layer writes");
}

TEST_CASE("What is changed of an optimizer's policies stays, until another optimizer brings its own") {
  auto net = Sequential(Dense(2, 2), Dense(2, 2), Dense(2, 2), Dense(2, 1));
  initialize(net, {.seed = 1});
  Optimizer optimizer{SGD{}, On{"0.weight", MaxNorm{3}}, MaxNorm{4}};
  random_steps(net, optimizer, 1, 1);
  edit_policy<MaxNorm>(net, "0.weight", [](MaxNorm& p) { p.radius = 1; });
  edit_policy<MaxNorm>(net, "1.weight", [](MaxNorm& p) { p.radius = 2; });
  set_policies(net, "2.weight", L1{1e-3});
  set_policies(net, "3.weight");
  const auto radius_on = [&](const char* path) { return policy<MaxNorm>(net, path).radius; };
  const auto check = [&] {
    CHECK(radius_on("0.weight") == 1);
    CHECK(radius_on("1.weight") == 2);
    CHECK(policy<L1>(net, "2.weight").strength == 1e-3);
    CHECK(net.parameters().at("3.weight").pack.empty());
  };
  random_steps(net, optimizer, 1, 2);
  check();
  optimizer.prepare(net);  // as fit does
  check();
  Optimizer other{SGD{}, MaxNorm{5}};
  other.prepare(net);
  CHECK((radius_on("0.weight") == 5 && radius_on("1.weight") == 5 && radius_on("3.weight") == 5));
  CHECK(policy<L1>(net, "2.weight").strength == 1e-3);  // the model's own by now
  Optimizer third{SGD{}, On{"2.weight", MaxNorm{1}}};
  CHECK(message_of([&] { third.prepare(net); }) ==
        "2.weight: expected no policies of its layer beside those that the optimizer has for 2.weight, found "
        "L1");
}
