// SPDX-License-Identifier: MIT
#include "espalier/optimizer/follow_schedules.hpp"

#include <filesystem>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/self_bounded.hpp"
#include "espalier/io/checkpoint.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/model/policies.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/scheduled.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

namespace {

const CosineDecay to_a_tenth{.final_factor = 0.1};

auto last_layer() { return Dense(2, 2, SpectralBallFrom{warm_start(11)}, Bias{L1BallFrom{warm_start(11)}}); }
auto some_net() {
  return Sequential(
      Dense(3, 8, Scheduled{MaxNorm{2}, to_a_tenth}, L1{1e-3}), Tanh{},
      Dense(8, 2, Scheduled{L1{0.02}, OnPlateau{.factor = 0.5, .patience = 0, .threshold = 0.2}},
            MaxNormFrom{warm_start(11)}),
      last_layer());
}
using Net = decltype(some_net());

Dataset some_data() {
  return {.inputs = random_matrix<float>(3, 32, 1), .targets = random_matrix<float>(2, 32, 2)};
}

/// What the policies were in each step.
struct Watch {
  std::vector<double> radii{}, strengths{};
  void batch(const auto& net, const BatchReport&) {
    CHECK(feasible(net));
    radii.push_back(policy<MaxNorm>(net, "0.weight").radius);
    strengths.push_back(policy<L1>(net, "2.weight").strength);
  }
};

/// Ends a run in its sixth epoch as a crash does.
struct Stop {
  void epoch(const auto&, const EpochReport& report) const {
    if (report.epoch == 6) throw std::runtime_error("killed");
  }
};

}  // namespace

TEST_CASE("fit makes the steps that a loop makes which edits the policies before each of them") {
  const Dataset data = some_data();
  Net net = some_net();
  initialize(net, {.seed = 1});
  Sequential plain{Dense(3, 8, MaxNorm{2}, L1{1e-3}), Tanh{},
                   Dense(8, 2, L1{0.02}, MaxNormFrom{warm_start(11)}), last_layer()};
  assign(plain, "0.weight", parameter(net, "0.weight")),
      assign(plain, "2.weight", parameter(net, "2.weight"));
  assign(plain, "0.bias", parameter(net, "0.bias")), assign(plain, "2.bias", parameter(net, "2.bias"));
  assign(plain, "3.weight", parameter(net, "3.weight"));
  Optimizer optimizer{Adam{.learning_rate = 0.05}}, of_plain = optimizer;
  Watch watch;
  fit(net, data, MeanSquared{}, optimizer, {.epochs = 6, .batch = 16, .shuffle = false}, watch);
  Matrix<float> gradient;
  for (long step = 0; step < 12; ++step) {
    const double radius = 2 * to_a_tenth({.step = step, .steps = 12});
    CHECK(watch.radii[static_cast<std::size_t>(step)] == radius);
    edit_policy<MaxNorm>(plain, "0.weight", [&](MaxNorm& p) { p.radius = radius; });
    edit_policy<L1>(plain, "2.weight",
                    [&](L1& p) { p.strength = watch.strengths[static_cast<std::size_t>(step)]; });
    const Matrix<float> x = data.inputs.middleCols(16 * (step % 2), 16),
                        y = data.targets.middleCols(16 * (step % 2), 16);
    MeanSquared{}(plain.forward(x), y, gradient);
    plain.backward(x, gradient);
    of_plain.step(plain);
  }
  CHECK(numbers_of(net) == numbers_of(plain));
  CHECK(watch.strengths.front() == 0.02);
  CHECK(watch.strengths.back() < 0.02);
}

TEST_CASE("A set that shrinks moves the weights before the step, but those that are frozen") {
  Sequential net{Dense(3, 8, Scheduled{MaxNorm{2}, to_a_tenth}),
                 Dense(8, 2, Scheduled{MaxNorm{2}, to_a_tenth})};
  initialize(net, {.seed = 2});
  freeze(net, "1.*");
  const auto frozen = parameter(net, "1.weight");
  follow_schedules(net, {.step = 50, .steps = 100});
  CHECK(feasible(net));
  const double radius = policy<MaxNorm>(net, "0.weight").radius;
  CHECK(radius == 2 * to_a_tenth({.step = 50, .steps = 100}));
  follow_schedules(net, {.step = 99, .steps = 100});
  CHECK(parameter(net, "0.weight").rowwise().norm().maxCoeff() <= 0.21F);
  CHECK(feasible(net));
  CHECK((parameter(net, "1.weight").array() == frozen.array()).all());
  CHECK(policy<MaxNorm>(net, "1.weight").radius == 2);
  CHECK(audit(net).violation() == 0);
  initialize(net, {.seed = 2});
  CHECK(policy<MaxNorm>(net, "0.weight").radius == 2);
}

TEST_CASE("A value that makes no sense changes nothing, and the message says where") {
  Sequential net{
      Dense(3, 8, Scheduled{L1{1}, to_a_tenth}),
      Dense(8, 2, Scheduled{MaxNorm{2}, [](const Progress& p) { return p.step < 3 ? 1.0 : 0.0; }})};
  CHECK(message_of([&] { follow_schedules(net, {.step = 3, .steps = 4}); }) ==
        "step 4: 1.weight: MaxNorm: expected radius > 0 and finite, found 0");
  CHECK(policy<L1>(net, "0.weight").strength == 1);
}

TEST_CASE("The policies of an optimizer follow their schedules, and tied weights are under the same") {
  Sequential net{Dense(4, 4), Dense(4, 4)};
  initialize(net, {.seed = 3});
  tie(net, "0.weight", "1.weight");
  Optimizer optimizer{Adam{}, Scheduled{MaxNorm{1}, to_a_tenth}};
  optimizer.prepare(net);
  for (Progress progress{.steps = 4}; progress.step < 4; ++progress.step) {
    follow_schedules(net, progress);
    random_steps(net, optimizer, 1, static_cast<std::uint64_t>(progress.step));
    CHECK(policy<MaxNorm>(net, "0.weight").radius == to_a_tenth(progress));
    CHECK(policy<MaxNorm>(net, "1.weight").radius == to_a_tenth(progress));
    CHECK(feasible(net));
  }
  CHECK(optimizer.steps(net) == 4);
}

TEST_CASE("A run that is taken up in the middle of its schedules ends in the same bits") {
  const Dataset data = some_data();
  const auto path =
      std::filesystem::temp_directory_path() / ("espalier_schedules_" + std::to_string(std::rand()));
  const FitOptions options{.epochs = 8, .batch = 16, .seed = 3};
  Net whole = some_net();
  initialize(whole, {.seed = 1});
  Watch watch;
  fit(whole, data, MeanSquared{}, Adam{.learning_rate = 0.05}, options, watch);
  const auto start = [&](long epochs, auto... stop) {
    Net net = some_net();
    initialize(net, {.seed = 1});
    Optimizer optimizer{Adam{.learning_rate = 0.05}};
    TrainState state;
    resume(path, net, optimizer, state);
    if (state.epoch() > 0) {
      CHECK(state.epoch() == 5);
      CHECK(policy<MaxNorm>(net, "0.weight").radius == watch.radii[9]);
      CHECK(policy<L1>(net, "2.weight").strength == watch.strengths[9]);
    }
    FitOptions own = options;
    own.state = &state, own.epochs = epochs;
    fit(net, data, MeanSquared{}, optimizer, own, stop..., Checkpoint{path});
    return net;
  };
  CHECK_THROWS_AS(start(8, Stop{}), std::runtime_error);
  CHECK(message_of([&] {
          start(9);
        }).find("schedules of policies: over 9 epochs here, over 8 epochs before") != std::string::npos);
  const Net taken_up = start(8);
  CHECK(numbers_of(taken_up) == numbers_of(whole));
  CHECK(taken_up == whole);  // its radii, too
  CHECK((whole.parameters().at("3.weight").memory[0] > 0 && whole.parameters().at("3.bias").memory[0] > 0));
  CHECK(policy<MaxNorm>(taken_up, "0.weight").radius == watch.radii.back());
  std::filesystem::remove(path), std::filesystem::remove(path.string() + ".1");
}
