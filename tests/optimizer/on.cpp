// SPDX-License-Identifier: MIT
#include "espalier/optimizer/on.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

auto two_layers() {
  auto net = sequential<double>(Dense(3, 4), Dense(4, 2));
  initialize(net, Rng{1});
  return net;
}

/// A net of two weights that are 1, "0.weight" and "1.weight".
template <class... Policies>
auto two_weights(const Policies&... policies) {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, policies...), Dense(1, 1, NoBias{}, policies...));
  for (const char* path : {"0.weight", "1.weight"}) assign(net, path, Matrix<double>{{1}});
  return net;
}

template <class Net>
void set_gradients(Net& net, double first, double second) {
  net.for_each_parameter([&](const auto& p) { p.gradients[0] = p.path == "0.weight" ? first : second; });
}

bool near(const std::vector<double>& one, const std::vector<double>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](double a, double b) { return std::abs(a - b) <= 1e-12; });
}

template <class Net>
double weight(const Net& net, const char* path) {
  return parameter(net, path)(0);
}

}  // namespace

TEST_CASE("Parameters with a rate factor learn as under a rule of that rate, all others as without it") {
  auto net = two_layers(), whole = net, eighth = net;
  Optimizer mixed{Adam{.learning_rate = 0.1}, On{"*.bias", RateFactor{0.125}}};
  Optimizer at_whole{Adam{.learning_rate = 0.1}}, at_eighth{Adam{.learning_rate = 0.0125}};
  const auto train = [&](auto& model, auto& optimizer) {
    random_steps(model, optimizer, 4, 1);
    optimizer.scale_rate(0.5);  // a schedule's factor goes with both
    random_steps(model, optimizer, 4, 2);
  };
  train(net, mixed), train(whole, at_whole), train(eighth, at_eighth);
  for (const char* path : {"0.weight", "1.weight"}) CHECK(parameter(net, path) == parameter(whole, path));
  for (const char* path : {"0.bias", "1.bias"}) CHECK(parameter(net, path) == parameter(eighth, path));
}

TEST_CASE("The factors of all patterns that fit a parameter are multiplied") {
  auto net = two_weights();
  Optimizer optimizer{SGD{.learning_rate = 1}, On{"0.*", RateFactor{0.5}}, On{"*.weight", RateFactor{0.25}}};
  set_gradients(net, 1, 1);
  optimizer.step(net);
  CHECK(weight(net, "0.weight") == 1 - 0.125);
  CHECK(weight(net, "1.weight") == 1 - 0.25);
}

TEST_CASE("Penalties, decay and sets take the step sizes of the parameter's own rate") {
  auto sparse = two_weights(L1{2});  // soft(w - rate g, rate strength)
  Optimizer sgd{SGD{.learning_rate = 0.1}, On{"0.weight", RateFactor{0.5}}};
  set_gradients(sparse, 0.5, 0.5);
  sgd.step(sparse);
  CHECK(weight(sparse, "0.weight") == Approx(1 - 0.05 * 0.5 - 0.05 * 2).epsilon(1e-15));
  CHECK(weight(sparse, "1.weight") == Approx(1 - 0.1 * 0.5 - 0.1 * 2).epsilon(1e-15));

  auto decaying = two_weights(WeightDecay{0.5});
  Optimizer decay{SGD{.learning_rate = 0.1}, On{"0.weight", RateFactor{0.5}}};
  set_gradients(decaying, 0, 0);
  decay.step(decaying);
  CHECK(weight(decaying, "0.weight") == Approx(1 - 0.05 * 0.5).epsilon(1e-15));
  CHECK(weight(decaying, "1.weight") == Approx(1 - 0.1 * 0.5).epsilon(1e-15));

  auto paper = two_weights(WeightDecay{.strength = 0.1, .schedule_only = true});
  Optimizer scheduled{SGD{.learning_rate = 0.1}, On{"0.weight", RateFactor{0.5}}};
  scheduled.scale_rate(0.5);
  set_gradients(paper, 0, 0);
  scheduled.step(paper);
  CHECK(weight(paper, "0.weight") == Approx(1 - 0.5 * 0.1).epsilon(1e-15));
}

TEST_CASE("A factor of 1 changes no bit, and keeps no numbers") {
  auto net = two_layers(), other = net;
  Optimizer with{Adam{.learning_rate = 0.1}, On{"*", RateFactor{1}}};
  Optimizer without{Adam{.learning_rate = 0.1}};
  random_steps(net, with, 5, 1);
  random_steps(other, without, 5, 1);
  CHECK(net == other);
  const detail::LentPolicies<double> lent{{}, {detail::on_paths<double>(On{"*", RateFactor{1}})}};
  CHECK(lent.rate_factors(net.parameters()).empty());
}

TEST_CASE("A pattern gives its policies as a layer would: to weights, in Bias and Gain to others") {
  auto net = Sequential(Dense(3, 4), Dense(4, 4), Dense(4, 2, MaxNorm{2}), Dense(2, 2, WeightNorm{}));
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{.learning_rate = 1}, Clip{-0.3, 0.3},
                      On{"0.*", MaxNorm{0.5}, L1{1e-3}, Bias{NonNegative{}}}, On{"3.*", Gain{Clip{0, 2}}}};
  random_steps(net, optimizer, 5, 1);
  const auto names = [&](const char* path) {
    const auto found = net.parameters().at(path).pack.names();
    return std::vector<std::string_view>(found.begin(), found.end());
  };
  using Names = std::vector<std::string_view>;
  CHECK(names("0.weight") == Names{"MaxNorm", "L1"});  // before what there is for all weights
  CHECK(names("0.bias") == Names{"NonNegative"});
  CHECK(names("1.weight") == Names{"Clip"});
  CHECK(names("1.bias") == Names{});
  CHECK(names("2.weight") == Names{"MaxNorm"});
  CHECK(names("3.weight") == Names{"WeightNorm"});
  CHECK(names("3.gain") == Names{"Clip"});
  CHECK(net.parameters().at("0.bias").activity[0].steps == 5);
  CHECK(parameter(net, "0.weight").cast<double>().rowwise().norm().maxCoeff() <= 0.5 + 1e-9);
  CHECK(parameter(net, "0.bias").minCoeff() >= 0);
  CHECK(parameter(net, "1.weight").cwiseAbs().maxCoeff() <= 0.3F);
  CHECK(feasible(net));
}

TEST_CASE("Policies of a pattern hold for both of two tied weights, and follow the first") {
  auto net = sequential<double>(Dense(3, 3), Dense(3, 3));
  initialize(net, Rng{1});
  tie(net, "0.weight", "1.weight");
  Optimizer optimizer{SGD{}, On{"0.weight", Clip{-0.1, 0.1}}};
  random_steps(net, optimizer, 2, 1);
  CHECK(parameter(net, "1.weight") == parameter(net, "0.weight"));
  CHECK(net.parameters().at("1.weight").pack == net.parameters().at("0.weight").pack);
  CHECK(feasible(net));
}

TEST_CASE("A transform for a pattern sees the gradients that fit as one array, at its turn") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}), Dense(1, 1), Dense(1, 1, NoBias{}));
  const auto gradients_after = [&](auto optimizer) {
    std::vector<double> gradients;
    net.for_each_parameter([k = std::size_t{0}](const auto& p) mutable {
      p.gradients[0] = std::array{3., 12., 7., 4.}[k++];
    });
    optimizer.step(net);
    net.for_each_parameter([&](const auto& p) { gradients.push_back(p.gradients[0]); });
    return gradients;
  };
  // Layers 0 and 2, which are no neighbors, have a gradient of length 5 together.
  const auto clipped = gradients_after(Optimizer{SGD{}, On{"0.*", ClipValue{9}}, On{"2.*", ClipNorm{2}}});
  CHECK(near(clipped, {3, 12, 7, 2}));
  freeze(net, "1.*");
  const auto both = gradients_after(Optimizer{SGD{}, On{"*.weight", ClipNorm{1}}});
  CHECK(near(both, {0.6, 0, 0, 0.8}));
  const auto in_turn =
      gradients_after(Optimizer{SGD{}, On{"2.*", ClipValue{3}}, ClipNorm{3 * std::sqrt(2.)}});
  CHECK(near(in_turn, {3, 0, 0, 3}));
}

TEST_CASE(
    "A pattern that says nothing to any parameter, or what another says, is refused, and nothing changes") {
  auto net = Sequential(Dense(3, 4), Dense(4, 2, MaxNorm{2}));
  initialize(net, Rng{1});
  const auto before = net;
  const auto refusal = [&](auto optimizer) {
    const std::string message = message_of([&] { optimizer.prepare(net); });
    CHECK(net == before);
    for (const auto& e : net.parameters().entries()) CHECK_FALSE(e.lent);
    CHECK(optimizer.steps() == 0);
    return message;
  };
  CHECK(refusal(Optimizer{SGD{}, Clip{-1e-3, 1e-3}, On{"2.*", RateFactor{0.1}}}) ==
        "parameter: expected a path that is one of 0.weight, 0.bias, 1.weight, 1.bias, found 2.*");
  CHECK(refusal(Optimizer{SGD{}, On{"*.bias", Clip{0, 1}}}) ==
        "*.bias: expected a pattern that fits a weight (policies for others are written Bias{...} or "
        "Gain{...}), which "
        "Clip is for, found 0.bias, 1.bias");
  CHECK(refusal(Optimizer{SGD{}, On{"0.*", Gain{Clip{0, 1}}}}) ==
        "0.*: expected a pattern that fits a gain, which Clip is for, found 0.weight, 0.bias");
  CHECK(
      refusal(Optimizer{SGD{}, On{"*", Clip{-1e-3, 1e-3}}}) ==
      "1.weight: expected no policies of its layer beside those that the optimizer has for *, found MaxNorm");
  CHECK(refusal(Optimizer{SGD{}, On{"0.*", Clip{-1e-3, 1e-3}}, On{"0.weight", L1{1e-3}}}) ==
        "0.weight: expected policies of one pattern of the optimizer: write them into one On, found those of "
        "0.* and of "
        "0.weight");
  CHECK(refusal(Optimizer{SGD{}, On{"0.*", Clip{0.6, 1}, MaxNorm{1}}})
            .starts_with("0.weight (policies of the optimizer): "));
  CHECK(refusal(Optimizer{SGD{.learning_rate = 1e30}, On{"0.bias", RateFactor{1e20}}}) ==
        "0.bias: expected a learning rate that is finite as a float, found 1e+50");
}

TEST_CASE("Values for a pattern are checked when the optimizer is made") {
  CHECK_THROWS_AS((Optimizer{SGD{}, On{"*", RateFactor{0}}}), ValueError);
  CHECK_THROWS_AS((Optimizer{SGD{}, On{"*", RateFactor{std::nan("")}}}), ValueError);
  CHECK_THROWS_AS((Optimizer{SGD{}, On{"*", MaxNorm{-1}}}), ValueError);
  CHECK_THROWS_AS((Optimizer{SGD{}, On{"*", ClipNorm{0}}}), ValueError);
}

TEST_CASE("An optimizer with patterns is a value, and gives its policies to a model that lost them") {
  auto net = two_layers(), fresh = net;
  Optimizer optimizer{Adam{.learning_rate = 0.1}, On{"0.*", Clip{-0.1, 0.1}, RateFactor{2}}},
      copy = optimizer;
  random_steps(net, optimizer, 3, 1);
  random_steps(fresh, copy, 3, 1);
  CHECK(net == fresh);
  auto lost = two_layers();
  random_steps(lost, optimizer, 1, 1);
  CHECK(parameter(lost, "0.weight").cwiseAbs().maxCoeff() <= 0.1);
  optimizer.reset();
  auto again = two_layers();
  random_steps(again, optimizer, 3, 1);
  CHECK(again == fresh);
}

TEST_CASE("A pattern that fits tied weights only would do nothing, and is refused") {
  auto net = sequential<double>(Dense(3, 3, NoBias{}), Dense(3, 3, NoBias{}));
  initialize(net, {.seed = 1});
  tie(net, "0.weight", "1.weight");
  Optimizer optimizer{SGD{}, On{"1.*", RateFactor{0.1}}};
  CHECK(message_of([&] { optimizer.prepare(net); }) ==
        "1.*: expected a pattern that fits what is trained, found 1.weight");
  Optimizer both{SGD{}, On{"*", RateFactor{0.1}}};
  CHECK_NOTHROW(both.prepare(net));
}
