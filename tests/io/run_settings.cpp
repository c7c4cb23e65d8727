// SPDX-License-Identifier: MIT
#include "espalier/io/run_settings.hpp"

#include "../support.hpp"
#include "espalier/constraint/half_space.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/product_of_norms.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/muon.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/early_stopping.hpp"

using namespace espalier;
using detail::RunText;

namespace {

/// A rule of one's own, which describes nothing.
struct Descent {
  double learning_rate = 1, secret = 2;
  AtBound at_bound = AtBound::keep;
};

/// An optimizer without steps: what the text needs.
template <class R, class... Extras>
struct Given {
  R own;
  std::tuple<Extras...> all;

  const R& rule() const { return own; }
  const std::tuple<Extras...>& extras() const { return all; }
};

template <class R, class... Extras>
std::string settings(const R& rule, const Extras&... extras) {
  RunText text;
  detail::add_optimizer(text, Given<R, Extras...>{rule, {extras...}});
  return text.settings;
}

}  // namespace

TEST_CASE("A rule is its name with all of its options, so that each changes the text") {
  CHECK(settings(Adam{.beta1 = 0.8, .epsilon = 1e-6}) ==
        "optimizer: Adam{learning_rate = 0.001, beta1 = 0.8, beta2 = 0.999, epsilon = 1e-06, at_bound = "
        "keep}\n");
  CHECK(settings(SGD{.momentum = 0.9, .nesterov = true}) ==
        "optimizer: SGD{learning_rate = 0.01, momentum = 0.9, nesterov = true, at_bound = keep}\n");
  CHECK(settings(Lion{.at_bound = AtBound::tangent}) ==
        "optimizer: Lion{learning_rate = 0.0001, beta1 = 0.9, beta2 = 0.99, at_bound = tangent}\n");
  CHECK(settings(RMSProp{.smoothing = 0.5, .at_bound = AtBound::zero}) ==
        "optimizer: RMSProp{learning_rate = 0.01, smoothing = 0.5, epsilon = 1e-08, momentum = 0, centered = "
        "false, at_bound = zero}\n");
  CHECK(settings(Adagrad{.at_bound = AtBound::displacement}) ==
        "optimizer: Adagrad{learning_rate = 0.01, epsilon = 1e-10, at_bound = displacement}\n");
  CHECK(settings(Muon{.scale = MuonScale::adam}) ==
        "optimizer: Muon{learning_rate = 0.02, momentum = 0.95, nesterov = true, scale = adam, other_rate = "
        "0.0003, beta1 = 0.9, beta2 = 0.95, epsilon = 1e-10, at_bound = keep}\n");
}

TEST_CASE("Of a rule that describes nothing the rate and the momentum at a bound are known") {
  CHECK(settings(Descent{}) == "optimizer: Descent{learning_rate = 1, at_bound = keep}\n");
}

TEST_CASE("Transforms stand in the order in which they act, with their patterns; policies are elsewhere") {
  const std::string rule = settings(SGD{});
  CHECK(settings(SGD{}, ClipNorm{2}, MaxNorm{1}, ClipValue{3}) ==
        rule + "transforms: ClipNorm{limit = 2}, ClipValue{limit = 3}\n");
  CHECK(settings(SGD{}, ClipValue{3}, ClipNorm{2}) ==
        rule + "transforms: ClipValue{limit = 3}, ClipNorm{limit = 2}\n");
  CHECK(settings(SGD{}, On{"0.*", RateFactor{0.1}, MaxNorm{1}, ClipNorm{2}}, NormalizeUpdate{}) ==
        rule + "transforms: On{'0.*', RateFactor{factor = 0.1}, ClipNorm{limit = 2}}, NormalizeUpdate\n");
  CHECK(settings(SGD{}, On{"0.*", MaxNorm{1}}, ProductOfNorms{1}) == rule);
}

TEST_CASE("Layers and policies are built of names and shapes; what they are given besides are settings") {
  const auto text = [](double strength, Metric metric) {
    const auto net = Sequential(Dense(2, 4, MaxNorm{2, metric}, NoBias{}), Dropout{.probability = 0.3},
                                Residual(BatchNorm(4, {.momentum = 0.2})), ReLU{}, Dense(4, 1, L1{strength}));
    return detail::run_text(net, 0);
  };
  const RunText one = text(0.1, Metric::euclidean), other = text(0.2, Metric::step);
  CHECK(one.build ==
        "layer 0: Dense 2 -> 4\n"
        "layer 1: Dropout\n"
        "layer 2: Residual 4 -> 4\n"
        "layer 2.body.0: BatchNorm{channels = 4, per = 1, epsilon = 1e-05} 4 -> 4\n"
        "layer 3: ReLU\n"
        "layer 4: Dense 4 -> 1\n"
        "0.weight: 4 x 2, MaxNorm\n"
        "2.body.0.weight: 4 x 1\n2.body.0.bias: 4 x 1\n"
        "2.body.0.running_mean: 4 x 1\n2.body.0.running_var: 4 x 1\n"
        "4.weight: 1 x 4, L1\n4.bias: 1 x 1\n");
  CHECK(one.settings ==
        "layer 1: Dropout{probability = 0.3}\n"
        "layer 2.body.0: BatchNorm{momentum = 0.2}\n"
        "0.weight: MaxNorm{radius = 2, metric = euclidean}\n"
        "4.weight: L1{strength = 0.1}\n");
  CHECK(other.build == one.build);
  CHECK(detail::other_settings(other.settings, one.settings, "before") ==
        std::vector<std::string>{
            "0.weight: MaxNorm{radius = 2} here, MaxNorm{radius = 2, metric = euclidean} before",
            "4.weight: L1{strength = 0.2} here, L1{strength = 0.1} before"});
}

TEST_CASE("Of a policy's many numbers the last counts as the first does") {
  const auto text = [](double last) {
    std::vector<double> a(100, 1);
    a.back() = last;
    return detail::run_text(Sequential(Dense(100, 1, HalfSpace{a, 1})), 0).settings;
  };
  CHECK(text(1) == text(1));
  CHECK(text(1) != text(1 + 1e-15));
}

TEST_CASE("Penalties on several parameters have their strength and their pattern") {
  Sequential net{Dense(2, 2)};
  Optimizer optimizer{SGD{}, ProductOfNorms{.strength = 0.5, .pattern = "0.*"}};
  initialize(net, {.seed = 1});
  optimizer.prepare(net);
  const RunText text = detail::run_text(net, optimizer);
  CHECK(text.build.ends_with("penalties on several parameters: ProductOfNorms\noptimizer: SGD\n"));
  CHECK(text.settings ==
        "penalties on several parameters: ProductOfNorms{strength = 0.5, pattern = '0.*'}\n"
        "optimizer: SGD{learning_rate = 0.01, momentum = 0, nesterov = false, at_bound = keep}\n");
}

TEST_CASE("Observers are counted as those are that keep something") {
  struct Silent {};
  const RunText text =
      detail::run_text(Sequential(ReLU{}, Dense(1, 1)), 0, Silent{}, EarlyStopping{.patience = 3});
  CHECK(text.settings == "observer 1: EarlyStopping{patience = 3, min_delta = 0}\n");
}
