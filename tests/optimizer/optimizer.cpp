// SPDX-License-Identifier: MIT
#include "espalier/optimizer/optimizer.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unconstrained.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/policies.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

template <Scalar S = double, class... Policies>
auto one_weight(double start, const Policies&... policies) {
  auto net = sequential<S>(Dense(1, 1, NoBias{}, policies...));
  detail::arena(net)[0] = static_cast<S>(start);
  return net;
}

}  // namespace

TEST_CASE("All tensors share one step counter") {
  // Every gradient is 0 until step 100, where it is 1: the update is then rate m / (sqrt(v) + epsilon) with
  // the corrections of step 100. A counter that runs once for each of four tensors makes it 1.86 times too
  // large.
  auto net = sequential<double>(Dense(2, 3), Tanh{}, Dense(3, 2));
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  for (int k = 0; k < 99; ++k) optimizer.step(net);
  CHECK(numbers_of(net) == std::vector<double>(17, 0.0));
  net.for_each_parameter([](const auto& p) { std::fill_n(p.gradients, p.size(), 1.0); });
  optimizer.step(net);
  CHECK(optimizer.steps() == 100);
  const double m = 0.1 / (1 - std::pow(0.9, 100)), v = 0.001 / (1 - std::pow(0.999, 100));
  for (const double w : numbers_of(net)) CHECK(w == Approx(-0.1 * m / (std::sqrt(v) + 1e-8)).epsilon(1e-12));
}

TEST_CASE("A used optimizer can be copied, and both continue alike and apart") {
  auto net = sequential<float>(Dense(2, 3), Tanh{}, Dense(3, 2));
  initialize(net, Rng{1});
  auto optimizer = std::make_unique<Optimizer<Adam, ClipNorm, MaxNorm>>(Adam{.learning_rate = 0.1},
                                                                        ClipNorm{1}, MaxNorm{0.8});
  random_steps(net, *optimizer, 5, 1);
  auto copy = *optimizer;
  auto copied_net = net, other_net = net;
  random_steps(net, *optimizer, 5, 2);
  const long steps = optimizer->steps();
  optimizer.reset();
  auto third = copy;
  random_steps(other_net, third, 3, 7);
  random_steps(copied_net, copy, 5, 2);
  CHECK(copied_net == net);
  CHECK(copy.steps() == steps);
  CHECK(third.steps() == 8);
}

TEST_CASE("State belongs to the parameters by number, not by address") {
  auto net = sequential<double>(Dense(2, 3), Dense(3, 2));
  initialize(net, Rng{1});
  auto expected = net;
  Optimizer optimizer{Adam{.learning_rate = 0.1}}, again = optimizer;
  random_steps(expected, again, 6, 1);
  Rng rng(1);
  for (int k = 0; k < 6; ++k) {
    auto elsewhere = std::make_unique<decltype(net)>(net);  // at another address in each step
    random_gradients(*elsewhere, rng);
    optimizer.step(*elsewhere);
    net = *elsewhere;
  }
  CHECK(net == expected);
}

TEST_CASE("With another model of the same shapes an optimizer begins anew") {
  Sequential fresh(Dense(4, 8), Dense(8, 2));
  initialize(fresh, {.seed = 5});
  Optimizer one{Adam{.learning_rate = 0.1}};
  for (std::uint64_t fold = 1; fold <= 3; ++fold) {  // copies of one untrained model
    Sequential net = fresh, other = fresh;
    random_steps(net, one, 4, fold);
    Optimizer own{Adam{.learning_rate = 0.1}};
    random_steps(other, own, 4, fold);
    CHECK(net == other);
    CHECK(one.steps() == 4);
  }
  Sequential net = fresh, other = fresh;  // one object, initialized for each fold
  for (std::uint64_t fold = 1; fold <= 3; ++fold) {
    initialize(net, {.seed = fold});
    initialize(other, {.seed = fold});
    random_steps(net, one, 4, fold);
    Optimizer own{Adam{.learning_rate = 0.1}};
    random_steps(other, own, 4, fold);
    CHECK(net == other);
  }
}

TEST_CASE("With a model that an optimizer knows it goes on, whoever has changed its numbers") {
  Sequential net(Dense(4, 8), Dense(8, 2));
  initialize(net, {.seed = 5});
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  random_steps(net, optimizer, 3, 1);
  const auto earlier = net;
  assign(net, "0.weight", Matrix<float>::Ones(8, 4));
  edit(net, [](std::span<float> all) { all[0] = 2; });
  random_steps(net, optimizer, 1, 2);
  CHECK(optimizer.steps() == 4);
  net = earlier;  // as an early stop gives it back
  random_steps(net, optimizer, 1, 2);
  CHECK(optimizer.steps() == 5);
  auto copy = net;  // and both, copied, go on alike
  auto again = optimizer;
  random_steps(net, optimizer, 2, 3);
  random_steps(copy, again, 2, 3);
  CHECK(copy == net);
}

TEST_CASE("Two optimizers may train one model in turns, one optimizer not two models") {
  Sequential net(Dense(4, 8), Dense(8, 2));
  initialize(net, {.seed = 5});
  auto other = net;
  Optimizer first{Adam{}};
  Optimizer second{SGD{.momentum = 0.9}};
  for (std::uint64_t k = 1; k <= 3; ++k) {
    random_steps(net, first, 1, k);
    random_steps(net, second, 1, k);
  }
  CHECK(first.steps() == 3);
  CHECK(second.steps() == 3);

  random_steps(other, first, 1, 1);  // it takes the place of net
  CHECK(first.steps() == 1);
  const auto before = net;
  CHECK(message_of([&] { first.step(net); }) ==
        "optimizer: expected an optimizer of its own for each of two models in turns, or reset() between "
        "them, found one that has trained another model since it trained this one");
  CHECK(net == before);
  CHECK(first.steps() == 1);
  first.reset();
  random_steps(net, first, 1, 1);
  CHECK(first.steps() == 1);
}

TEST_CASE("The state of one model is refused for another of other shapes, and nothing changes") {
  auto net = sequential<float>(Dense(4, 16), Dense(16, 1));
  Optimizer optimizer{Adam{}, MaxNorm{1}};
  random_steps(net, optimizer, 3, 1);
  const auto refuses = [&](auto other) {
    initialize(other, Rng{1});
    const auto before = numbers_of(other);
    CHECK_THROWS_AS(optimizer.step(other), ShapeError);
    CHECK_THROWS_AS(optimizer.prepare(other), ShapeError);
    CHECK(numbers_of(other) == before);
    CHECK(optimizer.steps() == 3);
  };
  refuses(sequential<float>(Dense(4, 16)));
  refuses(sequential<double>(Dense(4, 16), Dense(16, 1)));
  refuses(sequential<float>(Dense(16, 4), Dense(4, 1), Dense(1, 1)));
  const auto same_size = sequential<float>(Dense(64, 1), Dense(1, 16));  // 112 numbers, too, and other shapes
  REQUIRE(same_size.values().size() == net.values().size());
  refuses(same_size);
  auto more = sequential<float>(Dense(1, 1));
  CHECK(message_of([&] { optimizer.step(more); }) ==
        "optimizer: expected the model that its state belongs to, its shapes and its precision, found "
        "another, of "
        "2 parameters and 32 numbers of 4 bytes");
  auto copy = net;
  optimizer.step(copy);
  CHECK(optimizer.steps() == 4);
  auto other_policies =
      sequential<float>(Dense(4, 16, Unconstrained{}), Dense(16, 1));  // shapes are what counts
  optimizer.step(other_policies);
  CHECK(optimizer.steps() == 1);  // anew
}

TEST_CASE(
    "The policies of an optimizer are for weights whose layer names none, and belong to the model then") {
  auto net = Sequential(Dense(3, 4), Tanh{}, Dense(4, 4, L2{1e-6}), Tanh{}, Dense(4, 4, Unconstrained{}),
                        Tanh{}, Dense(4, 2, MaxNorm{2}));
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{.learning_rate = 1}, MaxNorm{0.5}};
  random_steps(net, optimizer, 10, 1);
  const auto longest = [&](const char* path) {
    return parameter(net, path).cast<double>().rowwise().norm().maxCoeff();
  };
  CHECK(longest("0.weight") == Approx(0.5));
  CHECK(longest("2.weight") > 1);
  CHECK(longest("4.weight") > 1);
  CHECK(longest("6.weight") == Approx(2));
  for (const char* path : {"0.bias", "2.bias", "4.bias", "6.bias"})
    CHECK(parameter(net, path).cwiseAbs().maxCoeff() > 0.5F);
  net.for_each_parameter([](const auto& p) {
    CAPTURE(p.path);
    const auto* radius = p.pack.template find<MaxNorm>();
    if (p.path == "0.weight") {
      REQUIRE(radius);
      CHECK(radius->radius == 0.5);
      CHECK(p.activity[0].acted == 10);
    } else if (p.path == "6.weight") {
      REQUIRE(radius);
      CHECK(radius->radius == 2);
    } else {
      CHECK_FALSE(radius);
    }
  });
  for (const auto& e : net.parameters().entries()) CHECK(e.lent == (e.path == "0.weight"));
  assign(net, "0.weight", Matrix<float>::Constant(4, 3, 9));
  CHECK(longest("0.weight") == Approx(0.5));
}

TEST_CASE("Weights under policies of an optimizer are feasible before the first step") {
  auto net = Sequential(Dense(3, 4), Dense(4, 1, Unconstrained{}));
  initialize(net, Rng{1});
  const Matrix<float> free = parameter(net, "1.weight");
  Optimizer optimizer{SGD{}, Clip{-0.1, 0.1}};
  optimizer.prepare(net);
  CHECK(parameter(net, "0.weight").cwiseAbs().maxCoeff() <= 0.1F);
  CHECK(parameter(net, "1.weight") == free);
  const auto before = net;
  optimizer.prepare(net);
  CHECK(net == before);
  CHECK(optimizer.steps() == 0);
}

TEST_CASE("A known model whose weights came anew is made feasible again") {
  auto net = Sequential(Dense(3, 4));
  Optimizer optimizer{SGD{}, Clip{-0.1, 0.1}};
  initialize(net, Rng{1});
  auto fresh = net;
  optimizer.prepare(net);
  initialize(net, Rng{2});  // the policies are the model's now
  CHECK(parameter(net, "0.weight").cwiseAbs().maxCoeff() <= 0.1F);
  net = fresh;  // without policies
  REQUIRE(parameter(net, "0.weight").cwiseAbs().maxCoeff() > 0.1F);
  optimizer.prepare(net);
  CHECK(parameter(net, "0.weight").cwiseAbs().maxCoeff() <= 0.1F);
  detail::arena(net)[0] = 5;
  optimizer.prepare(net);
  CHECK(parameter(net, "0.weight").cwiseAbs().maxCoeff() <= 0.1F);
  detail::arena(net)[0] = 5;
  detail::arena(net)[1] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(optimizer.prepare(net), NotFiniteError);
  CHECK(net.values()[0] == 5);
}

TEST_CASE("Numbers stay where they are when a model is initialized, prepared and trained") {
  auto net = Sequential(Dense(3, 4));
  const float *values = net.values().data(), *gradients = net.gradients().data();
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{}, Clip{-0.1, 0.1}};
  random_steps(net, optimizer, 2, 1);
  optimizer.prepare(net);
  CHECK(net.values().data() == values);
  CHECK(net.gradients().data() == gradients);
}

TEST_CASE("A model without the policies of an optimizer that has trained another gets them in a step") {
  auto net = Sequential(Dense(3, 4));
  initialize(net, Rng{1});
  auto fresh = net;
  Optimizer optimizer{SGD{}, Clip{-0.1, 0.1}};
  random_steps(net, optimizer, 1, 1);
  random_steps(fresh, optimizer, 1, 1);
  CHECK(parameter(fresh, "0.weight").cwiseAbs().maxCoeff() <= 0.1F);
  CHECK(optimizer.steps() == 1);
}

TEST_CASE("Another optimizer with policies puts its own there, and never where a layer named some") {
  auto net = Sequential(Dense(3, 4), Dense(4, 1, MaxNorm{2}));
  initialize(net, Rng{1});
  Optimizer first{SGD{}, Clip{-0.2, 0.2}};
  Optimizer second{Adam{}, Clip{-0.1, 0.1}};
  Optimizer none{SGD{}};
  const auto names = [&](const char* path) {
    const auto found = net.parameters().at(path).pack.names();
    return std::vector<std::string_view>(found.begin(), found.end());
  };
  random_steps(net, first, 3, 1);
  CHECK(net.parameters().at("0.weight").activity[0].steps == 3);
  CHECK(parameter(net, "0.weight").cwiseAbs().maxCoeff() > 0.1F);
  second.prepare(net);
  CHECK(parameter(net, "0.weight").cwiseAbs().maxCoeff() <= 0.1F);
  CHECK(net.parameters().at("0.weight").activity == std::vector<Activity>(1));
  none.prepare(net);
  CHECK(names("0.weight") == std::vector<std::string_view>{"Clip"});
  CHECK(names("1.weight") == std::vector<std::string_view>{"MaxNorm"});
  CHECK(names("0.bias").empty());
}

TEST_CASE("An optimizer leaves frozen parameters and buffers alone, whatever their gradients") {
  auto net = Sequential(Dense(2, 2, WeightDecay{0.5}), Dense(2, 2));
  initialize(net, Rng{1});
  net.parameters().freeze("0.weight");
  detail::Change(net.parameters()).at("1.bias").kind = ParameterKind::buffer;
  const Matrix<float> weight = parameter(net, "0.weight"), bias = parameter(net, "1.bias");
  const auto before = net;
  Optimizer optimizer{Adam{}};
  random_steps(net, optimizer, 3, 1);
  CHECK(parameter(net, "0.weight") == weight);
  CHECK(parameter(net, "1.bias") == bias);
  for (const char* path : {"0.bias", "1.weight"}) CHECK(parameter(net, path) != parameter(before, path));
}

TEST_CASE("Policies that a model gets between two steps are planned for, and checked, in the next") {
  auto net = Sequential(Dense(70, 50));
  initialize(net, Rng{1});
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  random_steps(net, optimizer, 2, 1);
  set_policies(net, "0.weight", PerInput{MaxNorm{.radius = 1}});  // needs all of the weight at once
  random_steps(net, optimizer, 2, 2);
  const auto& e = net.parameters().at("0.weight");
  CHECK(e.pack.contains(net.parameters().values_of(e)));
  set_policies(net, "0.weight", WeightDecay{20});
  const auto before = net;
  CHECK(
      message_of([&] { random_steps(net, optimizer, 1, 3); }) ==
      "0.weight: expected a decay that keeps the sign of a weight (learning rate times decay <= 1), found a "
      "factor of -1");
  CHECK(net == before);
  optimizer.scale_rate(0.1);
  CHECK_NOTHROW(random_steps(net, optimizer, 1, 3));
}

TEST_CASE("Entries stay at their addresses when a model is prepared") {
  auto net = Sequential(Dense(3, 2));
  initialize(net, Rng{1});
  const auto entries = net.parameters().entries();
  Optimizer optimizer{Adam{}, MaxNorm{.radius = 1}};
  random_steps(net, optimizer, 2, 1);
  CHECK(net.parameters().entries().data() == entries.data());
  CHECK(entries[0].pack.names().front() == "MaxNorm");
}

TEST_CASE("An optimizer that has been moved from does not step") {
  auto net = Sequential(Dense(3, 2));
  initialize(net, Rng{1});
  Optimizer optimizer{Adam{}};
  random_steps(net, optimizer, 2, 1);
  Optimizer moved = std::move(optimizer);
  const auto before = net;
  CHECK_THROWS_AS(random_steps(net, optimizer, 1, 2), ShapeError);
  CHECK(net == before);
  CHECK_NOTHROW(random_steps(net, moved, 1, 2));
}

TEST_CASE("Policies for weights that are not finite are refused") {
  auto net = Sequential(Dense(2, 1));
  detail::arena(net)[1] = std::numeric_limits<float>::infinity();
  Optimizer optimizer{SGD{}, Clip{-1, 1}};
  CHECK_THROWS_AS(optimizer.step(net), NotFiniteError);
  CHECK(std::isinf(net.values()[1]));
}

TEST_CASE("Policies of an optimizer are a pack: penalties, decay and sets, each counted") {
  auto net = sequential<double>(Dense(1, 1), Dense(1, 1, Unconstrained{}));
  for (const char* path : {"0.weight", "1.weight"}) assign(net, path, Matrix<double>{{2}});
  assign(net, "0.bias", Matrix<double>{{2}});
  std::fill(net.gradients().begin(), net.gradients().end(), 0);
  Optimizer optimizer{SGD{.learning_rate = 0.1}, L2{1}, WeightDecay{0.5}, Clip{-1, 1.8}};
  optimizer.prepare(net);
  CHECK(penalty(net) == Approx(1.62));
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == Approx(1.8 * 0.95 - 0.1 * 1.8));
  CHECK(parameter(net, "0.bias")(0) == 2);
  CHECK(parameter(net, "1.weight")(0) == 2);
  net.for_each_parameter([](const auto& p) {
    if (p.path != "0.weight") return;
    REQUIRE(p.activity.size() == 3);
    CHECK(p.activity[0] == Activity{1, 1, 1, 1});
    CHECK(p.activity[1] == Activity{1, 1, 1, 1});
    CHECK(p.activity[2] == Activity{1, 0, 0, 0});
  });
}

TEST_CASE("Options of extras and of the rule are checked when an optimizer is made") {
  CHECK_THROWS_AS((Optimizer{SGD{}, MaxNorm{-1}}), ValueError);
  CHECK_THROWS_AS((Optimizer<SGD, MaxNorm>{}), ValueError);  // no radius given
  CHECK_THROWS_AS((Optimizer{SGD{}, ClipNorm{0}}), ValueError);
  CHECK_THROWS_AS((Optimizer{Adam{.learning_rate = -1}}), ValueError);
  Optimizer apart{SGD{}, Clip{0.6, 1}, MaxNorm{1}};  // meet on rows of up to 2 weights
  auto net = Sequential(Dense(3, 1));
  CHECK(message_of([&] { apart.prepare(net); }).starts_with("0.weight (policies of the optimizer): "));
  CHECK_THROWS_AS(apart.step(net), ValueError);
  CHECK(apart.steps() == 0);
}

TEST_CASE("A gradient that is not finite stops the step before anything changes") {
  const float bad = GENERATE(std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity());
  auto net = Sequential(Dense(2, 3), Tanh{}, Dense(3, 1, L2{0.1}));
  initialize(net, Rng{1});
  Optimizer optimizer{Adam{.learning_rate = 0.1}, ClipNorm{1}};
  random_steps(net, optimizer, 3, 1);
  const auto before = net;
  auto expected = net;
  auto again = optimizer;
  Rng rng(4);
  random_gradients(net, rng);
  const auto gradients = gradients_of(net);
  net.for_each_parameter([&](const auto& p) {
    if (p.path == "2.weight") p.gradients[1] = bad;
  });
  CHECK(message_of([&] { optimizer.step(net); }) ==
        "2.weight: expected finite gradients, found NaN or infinity");
  CHECK_THROWS_AS(optimizer.step(net), NotFiniteError);
  CHECK(net == before);
  CHECK(optimizer.steps() == 3);
  random_steps(net, optimizer, 3, 9);  // as if nothing had happened
  random_steps(expected, again, 3, 9);
  CHECK(net == expected);
}

TEST_CASE("The first step on gradients that are not finite changes nothing either") {
  auto net = Sequential(Dense(2, 1));
  initialize(net, Rng{1});
  const auto before = net;
  net.gradients()[0] = std::numeric_limits<float>::quiet_NaN();
  Optimizer optimizer{SGD{}, Clip{-0.01, 0.01}};
  CHECK_THROWS_AS(optimizer.step(net), NotFiniteError);
  CHECK(net == before);
}

TEST_CASE("Options that would be ignored, or turn weights round, are refused") {
  CHECK(message_of([] { Optimizer{Adagrad{.at_bound = AtBound::zero}}; }) ==
        "optimizer: expected at_bound keep of a rule without momentum, found another");
  CHECK_THROWS_AS((Optimizer{SGD{.at_bound = AtBound::tangent}}), ValueError);
  CHECK_THROWS_AS((Optimizer{SGD{.momentum = 0.9, .nesterov = true, .at_bound = AtBound::displacement}}),
                  ValueError);
  CHECK_THROWS_AS((Optimizer{SGD{.learning_rate = 1e39}}), ValueError);
  CHECK_THROWS_AS((Optimizer{Adam{.epsilon = 1e-46}}), ValueError);
  auto decaying = Sequential{Dense(1, 1, NoBias{}, WeightDecay{30})};
  Optimizer fast{SGD{.learning_rate = 0.1}};
  CHECK(message_of([&] { fast.step(decaying); }) ==
        "0.weight: expected a decay that keeps the sign of a weight (learning rate times decay <= 1), "
        "found a "
        "factor of -2");
  auto corner = Sequential{Dense(2, 1, NoBias{}, MaxNorm{1}, NonNegative{})};
  Optimizer tangent{Adam{.at_bound = AtBound::tangent}};
  CHECK_THROWS_AS(tangent.step(corner), ValueError);
}

TEST_CASE("A learning-rate factor of 0 leaves feasible weights alone, whatever the optimizer") {
  const auto check = [](auto optimizer) {
    auto net = Sequential(Dense(3, 4, MaxNorm{0.7}), Tanh{}, Dense(4, 3, Clip{-0.3, 0.3}), Tanh{},
                          Dense(3, 2, L1{0.1}, MaxNorm{1}));
    initialize(net, Rng{1});
    random_steps(net, optimizer, 5, 1);
    const auto before = net;
    optimizer.scale_rate(0);
    CHECK(optimizer.learning_rate() == 0);
    random_steps(net, optimizer, 5, 2);
    CHECK(net == before);
    optimizer.scale_rate(1);
    random_steps(net, optimizer, 5, 3);
    CHECK(net != before);
    for (const float w : numbers_of(net)) CHECK(std::isfinite(w));
  };
  const auto at_bound = GENERATE(AtBound::keep, AtBound::zero, AtBound::tangent, AtBound::displacement);
  check(Optimizer{SGD{.learning_rate = 0.1, .momentum = 0.9, .at_bound = at_bound}});
  check(Optimizer{RMSProp{.learning_rate = 0.1}});
  check(Optimizer{RMSProp{.learning_rate = 0.1, .momentum = 0.5, .centered = true, .at_bound = at_bound}});
  check(Optimizer{Adagrad{.learning_rate = 0.1}});
  check(Optimizer{Adam{.learning_rate = 0.1, .at_bound = at_bound}});
  if (at_bound != AtBound::displacement) check(Optimizer{Lion{.learning_rate = 0.1, .at_bound = at_bound}});
}

TEST_CASE("The learning rate takes the factor of a schedule, which is checked") {
  auto net = one_weight(1);
  Optimizer optimizer{SGD{.learning_rate = 0.5}};
  optimizer.scale_rate(0.5);
  CHECK(optimizer.learning_rate() == 0.25);
  CHECK(step_with(net, optimizer, 1) == 0.75);
  CHECK_THROWS_AS(optimizer.scale_rate(-1), ValueError);
  CHECK_THROWS_AS(optimizer.scale_rate(std::nan("")), ValueError);
  CHECK(optimizer.learning_rate() == 0.25);
}

TEST_CASE("A step is gradient, penalty, transform, moments, decay, step, set, in this order") {
  // w = 2: the penalty makes the gradient 0.5 + 10 * 2 = 20.5, the transform 4, the momentum 4 (no decay in
  // it); decay by 1 - 0.1 * 0.5 gives 1.9, the step 1.9 - 0.1 * 4 = 1.5, the set 1.4.
  auto net = one_weight(2, L2{10}, WeightDecay{0.5}, Clip{-1, 1.4});
  Optimizer optimizer{SGD{.learning_rate = 0.1, .momentum = 0.9}, ClipValue{4}};
  CHECK(step_with(net, optimizer, 0.5) == 1.4);
  CHECK(net.gradients()[0] == 4);
  // Gradient -14.5 + 14 = -0.5, momentum 3.6 - 0.5 = 3.1, w = 1.4 * 0.95 - 0.31.
  CHECK(step_with(net, optimizer, -14.5) == Approx(1.02).epsilon(1e-12));
}

TEST_CASE("Decay is decoupled from the gradient and its moments") {
  auto net = one_weight(1, WeightDecay{0.1});
  Optimizer optimizer{Adam{.learning_rate = 0.5}};
  CHECK(step_with(net, optimizer, 0) == Approx(0.95).epsilon(1e-15));
  CHECK(step_with(net, optimizer, 0) == Approx(0.95 * 0.95).epsilon(1e-15));
  optimizer.scale_rate(0.5);
  CHECK(step_with(net, optimizer, 0) == Approx(0.95 * 0.95 * 0.975).epsilon(1e-15));
  auto paper = one_weight(1, WeightDecay{.strength = 0.1, .schedule_only = true});
  Optimizer scheduled{Adam{.learning_rate = 0.5}};
  CHECK(step_with(paper, scheduled, 0) == Approx(0.9).epsilon(1e-15));
  scheduled.scale_rate(0.5);
  CHECK(step_with(paper, scheduled, 0) == Approx(0.9 * 0.95).epsilon(1e-15));
}

TEST_CASE("L1 leaves exact zeros, in the metric of the step") {
  // SGD: soft(1 - 0.1 * 0.5, 0.1 * 2) = 0.75. Adam's first step size is rate / (|g| + epsilon) = 0.1 / (0.5 +
  // 0.5), and 0.1 / 2 where the strength of the penalty, 2, is more.
  auto net = one_weight(1, L1{2});
  Optimizer sgd{SGD{.learning_rate = 0.1}};
  CHECK(step_with(net, sgd, 0.5) == Approx(0.75));
  auto weak = one_weight(1, L1{0.5}), strong = one_weight(1, L1{2});
  Optimizer adam{Adam{.learning_rate = 0.1, .epsilon = 0.5}}, again = adam;
  CHECK(step_with(weak, adam, 0.5) == Approx(1 - 0.05 - 0.05));
  CHECK(step_with(strong, again, 0.5) == Approx(1 - 0.025 - 0.1));
  for (int k = 0; k < 10; ++k) step_with(net, sgd, 0.5);
  CHECK(net.values()[0] == 0);
}

TEST_CASE("An optimizer that is reset is as constructed, for any model") {
  auto net = sequential<float>(Dense(2, 3), Tanh{}, Dense(3, 2)), fresh = net;
  initialize(net, Rng{1});
  std::ranges::copy(net.values(), detail::arena(fresh).begin());
  Optimizer optimizer{Adam{.learning_rate = 0.1}, ClipNorm{1}, MaxNorm{0.8}}, again = optimizer;
  auto start = net;
  random_steps(net, optimizer, 5, 1);
  random_steps(fresh, again, 5, 1);
  optimizer.scale_rate(0.25);
  optimizer.reset();
  CHECK(optimizer.steps() == 0);
  CHECK(optimizer.learning_rate() == 0.1);
  net = start;
  random_steps(net, optimizer, 5, 1);
  CHECK(net == fresh);
  optimizer.reset();
  auto other = sequential<double>(Dense(4, 1));
  random_steps(other, optimizer, 1, 1);
  CHECK(parameter(other, "0.weight").norm() <= 0.8);
}

TEST_CASE("The norm of all gradients does not count frozen parameters") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}), Dense(1, 1, NoBias{}));
  freeze(net, "0.weight");
  net.for_each_parameter([](const auto& p) { p.gradients[0] = p.path == "0.weight" ? 1000 : 1; });
  Optimizer optimizer{SGD{.learning_rate = 1}, ClipNorm{1}};
  optimizer.step(net);
  CHECK(parameter(net, "1.weight")(0) == Approx(-1));
  CHECK(parameter(net, "0.weight")(0) == 0);
}

TEST_CASE("Of two optimizers of one model, the one that steps has its policies on the weights") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  Optimizer narrow{SGD{.learning_rate = 1}, Clip{-0.1, 0.1}}, wide{SGD{.learning_rate = 1}, Clip{-0.5, 0.5}};
  CHECK(step_with(net, narrow, -9) == 0.1);
  CHECK(step_with(net, wide, -9) == 0.5);
  CHECK(step_with(net, narrow, -9) == 0.1);
}

namespace {

/// A set that cannot be compared.
struct Half {
  bool contains(auto w) const { return w <= 0.5F; }
  template <Scalar S>
  S project(S w) const {
    return w > S(0.5) ? S(0.5) : w;
  }
};

}  // namespace

TEST_CASE("What the policies of an optimizer did is counted on, also if they cannot be compared") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  Optimizer optimizer{SGD{.learning_rate = 1}, Half{}};
  for (int k = 0; k < 3; ++k) {
    optimizer.prepare(net);
    step_with(net, optimizer, -9);
  }
  CHECK(net.parameters().at("0.weight").activity[0].acted == 3);
}
