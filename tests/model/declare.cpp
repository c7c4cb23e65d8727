// SPDX-License-Identifier: MIT
#include "espalier/model/declare.hpp"

#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/chain.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/layer/residual.hpp"

using namespace espalier;

namespace {

/// Declares one parameter of each kind.
struct EachKind {
  void declare(auto& d) const {
    d.weight("weight", 2, 3, Pack(MaxNorm{5}, Clip{-1, 2}));
    d.gain("gain", 2, 1, Pack(Clip{0, 7}));
    d.bias("bias", 2, 1);
    d.buffer("mean", 3);
  }
};

/// Declares twice what it holds, and a weight between.
struct Outer {
  EachKind inside{};
  void declare(auto& d) const {
    d.inner("first", inside);
    d.weight("mix", 4, 4);
    d.inner("second", inside);
  }
};

/// One name for two parameters.
struct Twice {
  void declare(auto& d) const { d.weight("weight", 1, 1), d.bias("weight", 1, 1); }
};

template <Scalar S, class L>
Parameters<S> declared(const L& layer, const std::string& prefix = {}) {
  Parameters<S> parameters;
  detail::Declaration<S> declaration(parameters, prefix);
  layer.declare(declaration);
  return parameters;
}

template <Scalar S>
std::vector<std::string> paths_of(const Parameters<S>& parameters) {
  std::vector<std::string> paths;
  for (const auto& e : parameters.entries()) paths.push_back(e.path);
  return paths;
}

}  // namespace

TEMPLATE_TEST_CASE("What a layer declares becomes parameters of that kind, shape and pack", "", float,
                   double) {
  const auto parameters = declared<TestType>(EachKind{});
  CHECK(paths_of(parameters) == std::vector<std::string>{"weight", "gain", "bias", "mean"});
  const auto entries = parameters.entries();
  CHECK(entries[0].kind == ParameterKind::weight);
  CHECK(entries[1].kind == ParameterKind::gain);
  CHECK(entries[2].kind == ParameterKind::bias);
  CHECK(entries[3].kind == ParameterKind::buffer);
  CHECK(entries[0].rows == 2);
  CHECK(entries[0].cols == 3);
  CHECK(entries[3].size() == 3);
  CHECK(entries[0].pack.template find<MaxNorm>()->radius == 5);
  CHECK(entries[0].activity.size() == 2);
  CHECK(entries[1].pack == AnyPack<TestType>(Pack(Clip{0, 7})));
  CHECK(entries[2].pack.empty());
  for (const auto& e : entries) CHECK((!e.frozen && !e.lent));
}

TEST_CASE("Layers inside have paths on their way, in the order of the declarations") {
  const std::vector<std::string> expected{"3.first.weight", "3.first.gain",  "3.first.bias",
                                          "3.first.mean",   "3.mix",         "3.second.weight",
                                          "3.second.gain",  "3.second.bias", "3.second.mean"};
  CHECK(paths_of(declared<float>(Outer{}, "3.")) == expected);
  detail::ParameterCount count;
  Outer{}.declare(count);
  CHECK(count.parameters == 9);
}

TEST_CASE("A chain counts its layers from 0, those without parameters too") {
  const Chain chain(Dense(2, 3), Tanh{}, Dense(3, 1, NoBias{}));
  CHECK(paths_of(declared<float>(chain)) == std::vector<std::string>{"0.weight", "0.bias", "2.weight"});
}

TEST_CASE("A name that is declared twice is refused") {
  CHECK(message_of([] { declared<float>(Twice{}, "1."); }) ==
        "1.weight: expected a path of its own for every parameter, found it twice");
}

namespace {

/// The activation of each parameter: its name and largest slope, "-" where it is not known.
template <class... Layers>
std::vector<std::string> activations(const Layers&... layers) {
  Parameters<double> parameters;
  detail::Declaration<double> declaration(parameters);
  Chain(layers...).declare(declaration);
  declaration.finish();
  std::vector<std::string> result;
  for (const auto& e : parameters.entries())
    result.push_back(
        e.path + " " +
        (e.slopes ? std::string(e.activation) + " " + std::to_string(e.slopes->largest).substr(0, 3) : "-"));
  return result;
}
using Lines = std::vector<std::string>;

/// An activation of one's own that says nothing of its slopes.
struct Own {
  void forward(const auto& x, auto&& y) const { y = x; }
  void backward(const auto&, const auto&, const auto& dy, auto&& dx) const { dx = dy; }
};

}  // namespace

TEST_CASE("Parameters know the activation that follows them, and that none does") {
  CHECK(activations(Dense(2, 3), LeakyReLU{.slope = 4}, Dense(3, 3, NoBias{}), Dense(3, 1)) ==
        Lines{"0.weight LeakyReLU 4.0", "0.bias LeakyReLU 4.0", "2.weight  1.0", "3.weight  1.0",
              "3.bias  1.0"});
  CHECK(activations(Conv2D(Image{3, 3}, 2, Kernel{2, 2}, NoBias{}), ReLU{}) == Lines{"0.weight ReLU 1.0"});
}

TEST_CASE("They know it through chains, and not where something is between") {
  CHECK(activations(Chain{Dense(2, 3, NoBias{}), Chain{Tanh{}, Dense(3, 2, NoBias{})}}, Sigmoid{}) ==
        Lines{"0.0.weight Tanh 1.0", "0.1.1.weight Sigmoid 0.2"});
  CHECK(activations(Dense(2, 2, NoBias{}), Dropout{0.5}, ReLU{}) == Lines{"0.weight -"});
  CHECK(activations(Dense(2, 2, NoBias{}), Own{}, ReLU{}) == Lines{"0.weight -"});
  const Lines inside = activations(Residual{Dense(2, 2, NoBias{}), Tanh{}, Dense(2, 2, NoBias{})}, ReLU{});
  CHECK(inside == Lines{"0.body.0.weight Tanh 1.0", "0.body.2.weight -"});
  for (const std::string& line : activations(BatchNorm(8), ReLU{}, LSTM(2, 3, 4), Tanh{}))
    CHECK(line.ends_with(" -"));
}
