// SPDX-License-Identifier: MIT
#include "espalier/io/loading.hpp"

#include <limits>

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/learned_bound.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/softplus_weight.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/io/load.hpp"
#include "espalier/io/save.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/access.hpp"
#include "loaded.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

TEST_CASE(
    "one message lists all that is missing, unknown, misshapen and of other layers, and nothing changes") {
  auto net = initialized(1, Dense(2, 3), Tanh{}, Dense(3, 1));
  TensorFile file = tensors(net);
  erase(file, "0.bias");
  erase(file, "2.bias");
  at(file, "0.weight").shape = {2, 3};
  at(file, "2.weight").name = "3.weight";
  file.tensors.push_back(floats<double>("x", {}, {1}));
  auto other = initialized(2, Dense(2, 3), ReLU{}, Dense(3, 1));
  const auto before = other;
  CHECK(message_of([&] { load(other, file); }) ==
        "tensors: expected the tensors and layers of the model ({.strict = false} loads what fits), found\n"
        "  missing: 0.bias (3); 2.weight (1 x 3); 2.bias (1)\n"
        "  unknown: 3.weight (F32 1 x 3); x (F64 1)\n"
        "  of another shape or type: 0.weight is F32 2 x 3, here 3 x 2\n"
        "  other layers: 1 is Tanh in the file, ReLU in the model");
  CHECK(other == before);
  CHECK_THROWS_AS(load(other, file), FileError);
}

TEST_CASE("a layer that only the file or only the model has is told, one without numbers too") {
  auto net = initialized(1, Dense(2, 3), Tanh{});
  auto other = initialized(1, Dense(2, 3), LeakyReLU{0.2}, ReLU{});
  CHECK(message_of([&] { load(other, tensors(net)); })
            .ends_with("other layers: 1 is Tanh in the file, LeakyReLU{slope = 0.2} in the model; "
                       "2 is absent in the file, ReLU in the model"));
  auto steeper = initialized(1, Dense(2, 3), LeakyReLU{0.3}, ReLU{});
  CHECK_THROWS_AS(load(steeper, tensors(other)), FileError);
  TensorFile file = tensors(net);
  file.metadata.clear();  // of another program: nothing is said of layers
  CHECK_NOTHROW(load(other, file));
}

TEST_CASE("a value that is no file is refused before anything is read from it") {
  auto net = initialized(1, Dense(2, 2));
  const auto before = net;
  TensorFile file = tensors(net);
  at(file, "0.weight").bytes.resize(8);
  CHECK_THROWS_AS(load(net, file), ValueError);
  file = tensors(net);
  file.tensors.push_back(file.tensors[0]);
  CHECK_THROWS_AS(load(net, file), ValueError);
  CHECK(net == before);
}

TEST_CASE("names and layers of a file stand in messages without what a terminal would obey") {
  auto net = initialized(1, Dense(2, 2));
  TensorFile file = tensors(net);
  file.tensors.push_back(floats<float>("x\x1b[2J", {1}, {0}));
  file.metadata["espalier.layers"] = "0 Dense 2 -> 2\n\x1b y\n";
  CHECK(message_of([&] { load(net, file); })
            .ends_with(
                "unknown: x\\x1b[2J (F32 1)\n  other layers: \\x1b is y in the file, absent in the model"));
}

TEST_CASE("without strictness what fits is loaded, and the rest is returned") {
  auto net = initialized(1, Dense(2, 3), Tanh{}, Dense(3, 1));
  auto other = initialized(2, Dense(2, 3), ReLU{}, Dense(3, 4));
  const Matrix<float> before = parameter(other, "2.weight");
  const Loaded loaded = load(other, tensors(net), {.strict = false});
  CHECK(parameter(other, "0.weight") == parameter(net, "0.weight"));
  CHECK(parameter(other, "2.weight") == before);
  CHECK(loaded.misshapen ==
        std::vector<std::string>{"2.weight is F32 1 x 3, here 4 x 3", "2.bias is F32 1, here 4"});
  CHECK(loaded.layers.size() == 2);
  CHECK(loaded.missing.empty());
  CHECK(loaded.metadata.at("espalier.version") == "0.1.0");
  CHECK_FALSE(loaded.complete());
}

TEST_CASE(
    "a file of which nothing fits is refused without strictness too: the net would stay as it was made") {
  Sequential net{Dense(4, 3)}, other{Dense(5, 2)};
  initialize(net, {.seed = 1}), initialize(other, {.seed = 1});
  const auto before = other;
  TensorFile file = tensors(net);
  CHECK(message_of([&] { load(other, file, {.strict = false}); }) ==
        "tensors: expected at least one tensor of the model, found\n"
        "  of another shape or type: 0.weight is F32 3 x 4, here 2 x 5; 0.bias is F32 3, here 2\n"
        "  other layers: 0 is Dense 4 -> 3 in the file, Dense 5 -> 2 in the model");
  for (Tensor& tensor : file.tensors) tensor.name = "fc1" + tensor.name.substr(1);
  file.metadata.clear();
  CHECK(message_of([&] { load(other, file, {.strict = false}); }) ==
        "tensors: expected at least one tensor of the model, found\n"
        "  missing: 0.weight (2 x 5); 0.bias (2)\n"
        "  unknown: fc1.bias (F32 3); fc1.weight (F32 3 x 4)");
  CHECK(other == before);
}

TEST_CASE("whole numbers where weights are expected, and the file of a run, are refused by what they are") {
  Sequential net{Dense(2, 2)};
  initialize(net, {.seed = 1});
  TensorFile file = tensors(net);
  for (Tensor& tensor : file.tensors)
    if (tensor.name == "0.bias")
      tensor = Tensor::of<std::int64_t>("0.bias", {2}, std::vector<std::int64_t>{1, 2});
  CHECK(message_of([&] { load(net, file); }).find("0.bias is I64 2, here F64, F32, F16 or BF16 2") !=
        std::string::npos);
  file = tensors(net);
  file.metadata["format"] = "espalier run 1";
  CHECK(message_of([&] { load(net, file); }) ==
        "tensors: expected a file of a model alone, found one of a run, which resume() reads");
}

TEST_CASE("weights outside their sets are refused with parameter and violation, or moved into them") {
  const auto net = initialized(1, Dense(2, 2, NoBias{}), Dense(2, 1));
  TensorFile file = tensors(net);
  at(file, "0.weight") = floats<float>("0.weight", {2, 2}, {3, 4, 0, 0.5F});
  at(file, "1.bias") = floats<float>("1.bias", {1}, {-2});
  auto other = initialized(2, Dense(2, 2, MaxNorm{1}, NoBias{}), Dense(2, 1, Bias{Clip{-1, 1}}));
  const auto before = other;
  CHECK(message_of([&] { load(other, file); }) ==
        "tensors: expected weights inside the sets of the model ({.outside = Outside::project} moves them "
        "there), found 0.weight outside MaxNorm by 4; 1.bias outside Clip by 1");
  CHECK_THROWS_AS(load(other, file), ValueError);
  CHECK(other == before);
  const Loaded loaded = load(other, file, {.outside = Outside::project});
  CHECK(feasible(other));
  const Matrix<float> w = parameter(other, "0.weight");
  CHECK(w(0, 0) == Catch::Approx(0.6));
  CHECK(w(0, 1) == Catch::Approx(0.8));
  CHECK(w(1, 1) == 0.5F);  // inside: not touched
  CHECK(parameter(other, "1.bias")(0) == -1);
  REQUIRE(loaded.projected.size() == 2);
  CHECK(loaded.projected[0].parameter == "0.weight");
  CHECK(loaded.projected[0].policy == "MaxNorm");
  CHECK(loaded.projected[0].violation == Catch::Approx(4));
}

TEST_CASE("a double that rounds out of a set is refused like any other weight") {
  auto precise = sequential<double>(Dense(1, 1, Clip{-0.1, 0.1}, NoBias{}));
  assign(precise, "0.weight", Matrix<double>::Constant(1, 1, 0.1));
  auto net = initialized(
      1, Dense(1, 1, Clip{-0.1, 0.1}, NoBias{}));  // 0.1F is above 0.1, the float below it 2^-27 less
  CHECK(message_of([&] { load(net, tensors(precise)); }).find("0.weight outside Clip by 7.45e-09") !=
        std::string::npos);
  load(net, tensors(precise), {.outside = Outside::project});
  CHECK(net.values()[0] == std::nextafter(0.1F, 0.0F));
}

TEST_CASE("numbers that are not finite, or that the precision does not have, are refused") {
  auto net = initialized(1, Dense(1, 1));
  const auto before = net;
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    TensorFile file = tensors(net);
    at(file, "0.bias") = floats<float>("0.bias", {1}, {bad});
    CHECK(message_of([&] { load(net, file); }) ==
          "tensors: expected finite numbers in 0.bias, found NaN or infinity");
    CHECK_THROWS_AS(load(net, file, {.strict = false, .outside = Outside::project}), NotFiniteError);
  }
  TensorFile file = tensors(net);
  at(file, "0.bias") = floats<double>("0.bias", {1}, {1e39});
  CHECK(message_of([&] { load(net, file); }) ==
        "tensors: 0.bias: expected numbers that a float has, found 1e+39");
  CHECK_THROWS_AS(load(net, file), FileError);
  at(file, "0.bias") = Tensor::of<std::int64_t>("0.bias", {1}, std::vector<std::int64_t>{1});
  CHECK(message_of([&] { load(net, file); }).find("0.bias is I64 1, here F64, F32, F16 or BF16 1") !=
        std::string::npos);
  CHECK(net == before);
}

TEST_CASE("a running variance below zero is refused") {
  auto net = initialized(1, Dense(1, 2), BatchNorm(2));
  TensorFile file = tensors(net);
  at(file, "1.running_var") = floats<float>("1.running_var", {2}, {0, -0.5F});
  CHECK(message_of([&] { load(net, file); }) ==
        "tensors: expected numbers >= 0 in 1.running_var, found -0.5");
  at(file, "1.running_var") = floats<float>("1.running_var", {2}, {0, -0.0F});
  CHECK_NOTHROW(load(net, file));
}

TEST_CASE("weights of norm 1 in float are not in double, and are projected") {
  const auto net = initialized(1, Dense(40, 3, UnitNorm{}));
  auto precise = sequential<double>(Dense(40, 3, UnitNorm{}));
  CHECK_THROWS_AS(load(precise, tensors(net)), ValueError);
  load(precise, tensors(net), {.outside = Outside::project});
  CHECK(feasible(precise));
}

TEST_CASE("a plain weight is taken by a reparametrized one, which multiplies by it") {
  const auto net = initialized(1, Dense(2, 2), Dense(2, 2));
  TensorFile file = tensors(net);
  file.metadata.clear();
  at(file, "1.weight") = floats<float>("1.weight", {2, 2}, {1, 2, 3, 0.5F});
  auto other = initialized(2, Dense(2, 2, WeightNorm{}), Dense(2, 2, SoftplusWeight{}));
  CHECK(load(other, file).complete());
  CHECK(effective_weight(other, "0.weight").isApprox(parameter(net, "0.weight"), 1e-6F));
  CHECK(parameter(other, "0.gain")(1) == Catch::Approx(parameter(net, "0.weight").row(1).norm()));
  CHECK(
      effective_weight(other, "1.weight").isApprox((Matrix<float>(2, 2) << 1, 2, 3, 0.5F).finished(), 1e-6F));
  at(file, "1.weight") = floats<float>("1.weight", {2, 2}, {1, 2, 3, -1});
  CHECK(message_of([&] { load(other, file); }) ==
        "tensors: expected weights in 1.weight that SoftplusWeight can give, found others");
  at(file, "1.weight") = floats<float>("1.weight", {2, 2}, {1, 2, 3, 1});
  file.tensors.push_back(floats<float>("0.weight_g", {2, 1}, {1, 1}));  // and what does it belong to?
  CHECK(message_of([&] { load(other, file); }).find("missing: 0.weight_v (2 x 2)") != std::string::npos);
}

TEST_CASE("a plain weight sets what a map has beside it, too") {
  const auto net = initialized(1, Dense(2, 2));
  TensorFile file = tensors(net);
  file.metadata.clear();
  at(file, "0.weight") = floats<float>("0.weight", {2, 2}, {1, -2, 0.5F, 0.25F});
  auto other = initialized(2, Dense(2, 2, LearnedBound<InfinityNorm>{}));
  CHECK(load(other, file).complete());
  CHECK(effective_weight(other, "0.weight") == Matrix<float>{{1, -2}, {0.5F, 0.25F}});
  CHECK(LearnedBound<InfinityNorm>::bound(parameter(other, "0.bound")(0)) == Catch::Approx(3));
}

TEST_CASE("the newer names of PyTorch's weight normalization are read too") {
  auto net = initialized(1, Dense(3, 2, WeightNorm{}));
  TensorFile file = tensors(net);
  at(file, "0.weight_v").name = "0.parametrizations.weight.original1";
  at(file, "0.weight_g").name = "0.parametrizations.weight.original0";
  auto other = initialized(2, Dense(3, 2, WeightNorm{}));
  CHECK(load(other, file).complete());
  CHECK(other == net);
}
