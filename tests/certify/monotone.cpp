// SPDX-License-Identifier: MIT
#include "espalier/certify/monotone.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/monotone_dense.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/layer/skip_connection.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;

namespace {

const Monotone signs{+1, 0, -1};

/// Steps towards a function that is monotone nowhere.
template <class M>
void learn_waves(M& net) {
  const Matrix<float> x = random_matrix<float>(3, 256, 1), waves = (2 * x.array()).sin();
  const Matrix<float> t =
      waves.row(0) + waves.row(1) - waves.row(2);  // at first each in its input's direction
  Optimizer optimizer{Adam{.learning_rate = 1e-2}};
  Matrix<float> error;
  for (int step = 0; step < 400; ++step) {
    error = net.forward(x) - t;
    net.backward(x, error);
    optimizer.step(net);
  }
}

/// How often an output falls when input i rises, and how often one rises.
template <class M>
std::pair<long, long> falls_and_rises(const M& net, Index i) {
  Matrix<float> x = random_matrix<float>(3, 500, 7);
  const Matrix<float> before = net.predict(x);
  x.row(i).array() += random_matrix<float>(1, 500, 8).array().abs();
  const auto change = (net.predict(x) - before).eval();
  return {(change.array() < 0).count(), (change.array() > 0).count()};
}

template <class... Layers>
std::string refusal(const Layers&... layers) {
  Sequential net{layers...};
  const auto before = net;
  const std::string message = message_of([&] { constrain(net, signs); });
  CHECK(net == before);
  for (const auto& e : net.parameters().entries()) CHECK(e.pack.template find<NonNegative>() == nullptr);
  return message;
}

}  // namespace

TEST_CASE("After training no output ever moves against the sign of an input, and the weights prove it") {
  Sequential net{Dense(3, 16), LeakyReLU{}, Residual{Dense(16, 8), ReLU{}, Dense(8, 16)}, Dense(16, 1)};
  constrain(net, signs);
  initialize(net, {.seed = 1});
  CHECK(is_monotone(net, signs));
  learn_waves(net);
  CHECK(falls_and_rises(net, 0).first == 0);
  CHECK(falls_and_rises(net, 0).second > 0);
  CHECK(falls_and_rises(net, 1).first > 0);  // the free one does both
  CHECK(falls_and_rises(net, 1).second > 0);
  CHECK(falls_and_rises(net, 2).first > 0);
  CHECK(falls_and_rises(net, 2).second == 0);
  CHECK(is_monotone(net, signs));
  CHECK(audit(net).violation() == 0);
  CHECK(audit(net).parameters[0].policies[0].policy == "SignPattern");
}

TEST_CASE("Past a skip connection go the signs of the first layer, and its layers may not fall") {
  Sequential net{Dense(3, 8 + 1), SkipConnection{ReLU{}, Dense(8, 1)}};
  constrain(net, signs);
  initialize(net, {.seed = 1});
  learn_waves(net);
  CHECK(falls_and_rises(net, 0).first == 0);
  CHECK(falls_and_rises(net, 2).second == 0);
  CHECK(is_monotone(net, signs));
  Sequential falling{Dense(3, 2), SkipConnection{Dense(1, 1)}};
  assign(falling, "1.later.0.weight", Matrix<float>{{-1}});
  CHECK_FALSE(is_monotone(falling, signs));
}

TEST_CASE("Behind a Dense with the signs, monotone layers have free weights") {
  // Activations of straight pieces: sums in one order keep their order when they are rounded, a float's tanh
  // does not.
  Sequential net{Dense(3, 8), MonotoneDense(8, 8), MonotoneDense(8, 1, LeakyReLU{0.2}, MaxNorm{2})};
  constrain(net, signs);
  initialize(net, {.seed = 1});
  learn_waves(net);
  CHECK(parameter(net, "1.weight").minCoeff() < 0);
  CHECK(falls_and_rises(net, 1).first > 0);
  CHECK(falls_and_rises(net, 0).first == 0);
  CHECK(falls_and_rises(net, 2).second == 0);
  CHECK(is_monotone(net, signs));
  CHECK(audit(net).violation() == 0);
}

TEST_CASE("A free model that learned the same is not monotone, and its weights prove nothing") {
  Sequential net{Dense(3, 16), Tanh{}, Dense(16, 1)};
  initialize(net, {.seed = 1});
  learn_waves(net);
  CHECK(falls_and_rises(net, 0).first > 0);
  CHECK_FALSE(is_monotone(net, signs));
  Sequential normed{Dense(3, 1, WeightNorm{})};
  assign(normed, "0.weight", Matrix<float>{{1, 0, -1}});
  CHECK_FALSE(is_monotone(normed, signs));
  Sequential plain{Dense(3, 1)};
  assign(plain, "0.weight", Matrix<float>{{1, 7, -1}});
  CHECK(is_monotone(plain, signs));
  CHECK_FALSE(is_monotone(plain, Monotone{+1, -1, -1}));
}

TEST_CASE("Weights move into the sets at once, further policies go to each, and tied weights go along") {
  Sequential net{Dense(3, 2), Dropout{0.1}, Chain{Sigmoid{}, Dense(2, 2)}, Dense(2, 2)};
  initialize(net, {.seed = 1});
  tie(net, "2.1.weight", "3.weight");
  assign(net, "0.weight", Matrix<float>{{-1, -2, 3}, {4, 5, -6}});
  constrain(net, signs, L1{1e-3});
  CHECK(parameter(net, "0.weight") == Matrix<float>{{0, -2, 0}, {4, 5, -6}});
  CHECK(parameter(net, "3.weight").minCoeff() >= 0);
  for (const char* path : {"0.weight", "2.1.weight", "3.weight"})
    CHECK(net.parameters().at(path).pack.find<L1>() != nullptr);
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  random_steps(net, optimizer, 20, 1);
  CHECK(is_monotone(net, signs));
  Optimizer bounded{Adam{}, MaxNorm{1}};  // for weights without policies
  CHECK(message_of([&] { bounded.prepare(net); }) ==
        "optimizer: expected a weight without policies of its own, for MaxNorm, found none");
}

TEST_CASE("The first weight is under the public SignPattern, beside which policies may keep numbers") {
  Sequential net{Dense(3, 2), ReLU{}, Dense(2, 1)};
  assign(net, "0.weight", Matrix<float>{{3, -7, -2}, {1, 5, 4}});
  assign(net, "2.weight", Matrix<float>{{1, -1}});
  constrain(net, signs, L2ToStart{1});
  CHECK(*net.parameters().at("0.weight").pack.find<SignPattern>() == SignPattern{+1, 0, -1});
  CHECK(net.parameters().at("2.weight").pack.find<NonNegative>() != nullptr);
  CHECK(parameter(net, "0.weight") == Matrix<float>{{3, -7, -2}, {1, 5, 0}});
  CHECK(penalty(net) == 0);  // the start is where the sets have brought the weights
}

TEST_CASE("Frozen weights outside the sets are refused by constrain, and nothing changes") {
  Sequential net{Dense(3, 1)};
  assign(net, "0.weight", Matrix<float>{{1, 7, 2}});
  freeze(net, "0.weight");
  const auto before = net;
  CHECK(message_of([&] { constrain(net, signs); }) ==
        "0.weight: expected frozen weights inside the sets that are chosen, found weights outside: unfreeze "
        "them first");
  CHECK(net == before);
  CHECK(net.parameters().at("0.weight").pack.empty());
  constrain(net, Monotone{+1, 0, +1});
  CHECK(parameter(net, "0.weight") == Matrix<float>{{1, 7, 2}});
  CHECK_THROWS_AS(constrain(net, signs, Clip{-2, -1}), ValueError);
}

TEST_CASE("Layers that may fall, and layers with policies of their own, are refused, and nothing changes") {
  CHECK(refusal(Dense(3, 2), GELU{}, Dense(2, 1)) ==
        "Monotone, layer 1: expected an activation that never falls, as ReLU or Tanh, found GELU");
  CHECK(refusal(Dense(3, 2), Chain{Dense(2, 2), SiLU{}}) ==
        "Monotone, layer 1.1: expected an activation that never falls, as ReLU or Tanh, found SiLU");
  CHECK(refusal(Dense(3, 2), BatchNorm(2)) ==
        "Monotone, layer 1: expected a layer that never falls where its weights are not negative, as Dense, "
        "Conv2D or "
        "MaxPool2D, found another");
  CHECK(refusal(Residual{Dense(3, 3)}, Dense(3, 1)) ==
        "Monotone, layer 0: expected a layer with weights first: Residual adds inputs of all signs, found "
        "Residual");
  CHECK(refusal(SkipConnection{Dense(2, 1)}, Dense(1, 1)) ==
        "Monotone, layer 0: expected a layer with weights first: SkipConnection adds inputs of all signs, "
        "found SkipConnection");
  CHECK(refusal(MonotoneDense(3, 2), Dense(2, 1)) ==
        "Monotone, layer 0: expected a Dense first, whose weights get the signs of the inputs, found "
        "MonotoneDense");
  CHECK(refusal(Dense(3, 2), Dense(2, 1, MaxNorm{1})) ==
        "1.weight: expected no policies of its own: give them to constrain(net, Monotone{...}, ...) for "
        "all weights, "
        "found MaxNorm");
  CHECK(refusal(Dense(2, 2)) == "Monotone: expected 2 signs, one for each input, found 3");
  CHECK(
      refusal(Conv2D(Image{3, 1}, 2, Kernel{2, 1})) ==
      "0.weight: expected a first weight with a column for each of 3 inputs, as that of Dense, found 2 x 2");
  Sequential tied{Dense(3, 3), Dense(3, 3)};
  tie(tied, "0.weight", "1.weight");
  CHECK(message_of([&] { constrain(tied, signs); }) ==
        "1.weight: expected tied weights that are both behind the first layer, found one that reads the "
        "inputs");
  Sequential net{Dense(3, 1)};
  CHECK_THROWS_AS(constrain(net, Monotone{2, 0, 0}), ValueError);
}

TEST_CASE("Further policies keep their numbers of weights that are in the sets") {
  Sequential net{Dense(3, 8), Tanh{}, Dense(8, 1)};
  initialize(net, {.seed = 1});
  constrain(net, signs, L2ToStart{2});
  CHECK(is_monotone(net, signs));
  CHECK(penalty(net) == 0);  // they start where they are
  learn_waves(net);
  CHECK(is_monotone(net, signs));
  CHECK(penalty(net) > 0);
}
