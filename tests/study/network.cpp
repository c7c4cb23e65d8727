// SPDX-License-Identifier: MIT
// The network of a study, what is measured of it, and what its runs are trained on.
#include "study/network.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "catch.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/testing/gradient_check.hpp"
#include "study/bench.hpp"
#include "study/measures.hpp"
#include "study/plan.hpp"

using Catch::Approx;
namespace esp = espalier;

namespace {

template <class... Ps>
auto deep(std::vector<esp::Index> widths, const Ps&... ps) {
  auto net = esp::sequential<double>(study::HiddenLayers<Ps...>(widths, ps...), esp::Dense(widths.back(), 2));
  initialize(net, {.seed = 3});
  edit(net, [](std::span<double> all) {  // biases too: at 0, a sample may stand in the kink of a ReLU
    for (std::size_t k = 0; k < all.size(); ++k) all[k] += 0.1 * std::sin(static_cast<double>(k) + 1);
  });
  return net;
}

void check_gradients(auto net, esp::Index inputs) {
  const esp::Matrix<double> x = esp::Matrix<double>::Random(inputs, 7),
                            target = esp::Matrix<double>::Random(2, 7);
  for (const esp::GradientError& error : gradient_check(net, esp::MeanSquared{}, x, target)) {
    INFO(error.parameter);
    CHECK(error.relative < 1e-6);
  }
}

study::Setup setup() {
  study::Setup setup;
  setup.samples = 40, setup.features = 2, setup.classes = 2, setup.outputs = 2;
  setup.hidden = {6, 5};
  setup.seeds = 3;
  setup.policies = {"a", "WeightNorm"};
  setup.strengths = {{1, 2, 3}, {0}};
  return setup;
}

study::Bench bench() {
  esp::Dataset fit;
  fit.inputs = esp::Matrix<float>::Random(2, 40);
  for (int k = 0; k < 40; ++k) fit.labels.push_back(k % 2);
  esp::Dataset test = fit;
  test.inputs = esp::Matrix<float>::Random(2, 40);
  return {setup(), fit, test, 1, ""};
}

}  // namespace

TEST_CASE("Hidden layers of any number have the gradients of finite differences", "") {
  check_gradients(deep({3, 4}), 3);
  check_gradients(deep({3, 6, 5, 4}), 3);
  check_gradients(deep({3, 6, 5, 4}, esp::WeightNorm{}), 3);
}

TEST_CASE("Hidden layers do what the same layers in a model do", "") {
  auto inside = deep({3, 6, 5});
  auto outside =
      esp::sequential<double>(esp::Dense(3, 6), esp::ReLU{}, esp::Dense(6, 5), esp::ReLU{}, esp::Dense(5, 2));
  for (const auto& [from, to] : {std::pair{"0.0.", "0."}, {"0.1.", "2."}, {"1.", "4."}})
    for (const char* name : {"weight", "bias"})
      assign(outside, std::string(to) + name, effective_weight(inside, std::string(from) + name));
  const esp::Matrix<double> x = esp::Matrix<double>::Random(3, 9);
  CHECK(inside.predict(x) == outside.predict(x));
}

TEST_CASE("Without any hidden layer inputs and gradients pass", "") {
  auto net = esp::sequential<double>(esp::Dense(3, 4), study::HiddenLayers<>({4}), esp::Dense(4, 2));
  initialize(net, {.seed = 3});
  check_gradients(net, 3);
}

TEST_CASE("The paths of weights are those of the network", "") {
  const auto net = study::FreeNetwork::build(3, {6, 5, 4}, 2);
  for (const std::string& path : study::weight_paths({6, 5, 4}))
    CHECK(net.parameters().at(path).kind == esp::ParameterKind::weight);
  CHECK(study::weight_paths({6, 5, 4}).size() == 4);
}

TEST_CASE("The effective rank is the number of equal singular values", "") {
  Eigen::MatrixXf w = Eigen::MatrixXf::Zero(3, 5);
  CHECK(study::effective_rank(w) == 0);
  w(0, 1) = 2;
  CHECK(study::effective_rank(w) == Approx(1));
  w(2, 4) = -2;
  CHECK(study::effective_rank(w) == Approx(2));
  w(1, 0) = 1e-3F;  // hardly more
  CHECK(study::effective_rank(w) == Approx(2).margin(0.01));
  CHECK(study::effective_rank(w) > 2);
  CHECK(study::effective_rank(w.transpose()) == Approx(study::effective_rank(w)));
}

TEST_CASE("Filters are counted: zeros, inputs that nobody reads, the largest row and the largest share", "") {
  Eigen::MatrixXf w(2, 3);
  w << 3, 0, 0, 4, 0, 1;
  std::map<std::string, double> numbers;
  study::measure_filters(w, numbers);
  CHECK(numbers["zeros"] == Approx(3.0 / 6));
  CHECK(numbers["unread"] == 1);
  CHECK(numbers["row_norm"] == Approx(std::sqrt(17.0)));
  CHECK(numbers["input_share"] == Approx(25.0 / 26));
  CHECK(study::share_of_last(w, 1) == Approx(1.0 / 26));
}

TEST_CASE("Filters are similar up to their sign and length", "") {
  Eigen::MatrixXf a(2, 2), b(2, 2);
  a << 1, 0, 0, 2;
  b << 0, -5, 3, 3;
  CHECK(study::similarity(a, b) == Approx((std::sqrt(0.5) + 1) / 2));
  CHECK(study::similarity(a, a) == Approx(1));
  CHECK(std::isnan(study::similarity(Eigen::MatrixXf::Zero(2, 2), a)));
}

TEST_CASE("A unit is dead that no sample makes positive", "") {
  Eigen::MatrixXf w(3, 1), x(1, 3);
  w << 1, 1, -1;
  x << -1, 0, 2;
  CHECK(study::dead_share(w, Eigen::Vector3f{0, -2, -1}, x) == Approx(2.0 / 3));  // 2 - 2 is 0, 1 - 1 too
}

TEST_CASE("Runs of one seed share their data, and those of another do not", "") {
  const study::Bench b = bench();
  const auto first = b.parts_of({"grid", "a", 1, 0, 1}), again = b.parts_of({"where", "b", 2, 1, 1});
  CHECK(first.training->inputs == again.training->inputs);
  CHECK(first.training->samples() == 32);
  CHECK(first.evaluation->samples() == 8);
  CHECK(first.training->inputs != b.parts_of({"grid", "a", 1, 0, 2}).training->inputs);
}

TEST_CASE("Only the stage final sees test samples, and trains on all others", "") {
  const study::Bench b = bench();
  const auto final = b.parts_of({"final", "a", 1, 0, 1});
  CHECK(final.training->samples() == 40);
  std::set<float> test;
  for (const float x : final.evaluation->inputs.reshaped()) test.insert(x);
  for (const char* stage : {"grid", "few", "irrelevant", "where", "depth", "recovery", "cost"}) {
    const auto parts = b.parts_of({stage, "a", 1, 10, 1});
    for (const float x : parts.evaluation->inputs.topRows(2).reshaped()) CHECK(!test.contains(x));
    for (const float x : parts.training->inputs.topRows(2).reshaped()) CHECK(!test.contains(x));
  }
}

TEST_CASE("Few samples are among more of them, with each class", "") {
  const study::Bench b = bench();
  const auto few = b.parts_of({"few", "a", 1, 2, 1}), more = b.parts_of({"few", "a", 1, 9, 1});
  CHECK(few.training->samples() == 2);
  CHECK(more.training->samples() == 9);
  CHECK(few.training->inputs == more.training->inputs.leftCols(2));
  CHECK(few.training->labels[0] != few.training->labels[1]);
  CHECK(few.evaluation->inputs == more.evaluation->inputs);
}

TEST_CASE("Inputs of noise stand below the real ones, in both parts", "") {
  const study::Bench b = bench();
  const auto plain = b.parts_of({"grid", "a", 1, 0, 1}), wide = b.parts_of({"irrelevant", "a", 1, 3, 1});
  CHECK(wide.training->features() == 5);
  CHECK(wide.training->inputs.topRows(2) == plain.training->inputs);
  CHECK(wide.evaluation->inputs.topRows(2) == plain.evaluation->inputs);
  CHECK(wide.training->inputs.bottomRows(3).cwiseAbs().maxCoeff() > 0.5F);
}

TEST_CASE("The grid has each policy at each strength and an unconstrained run, for each seed", "") {
  const auto trials = study::trials_of("grid", setup(), {});
  CHECK(trials.size() == 3 * (3 + 1 + 1));
  CHECK(std::set<study::Trial>(trials.begin(), trials.end()).size() == trials.size());
  CHECK(std::ranges::count(trials, study::free_name, &study::Trial::policy) == 3);
}

TEST_CASE("Later stages take only policies whose best strength is known", "") {
  for (const study::Trial& trial : study::trials_of("final", setup(), {}))
    CHECK(trial.policy == study::free_name);
  CHECK(study::planned_trials("final", setup()).size() == 3 * 3);
}

TEST_CASE("What the grid has trained is known where the question is another one", "") {
  study::Setup s = setup();
  const auto grid = [](const std::string& policy, double strength) {
    return study::Trial{"grid", policy, strength, 0, 2};
  };
  // Constraints are on the input layer in the grid.
  CHECK(study::first_alike(s, {"where", "a", 3, 0, 2}) == grid("a", 3));
  CHECK(study::first_alike(s, {"where", study::free_name, 0, 1, 2}) == grid(study::free_name, 0));
  CHECK(study::first_alike(s, {"where", study::free_name, 0, 0, 2}) == grid(study::free_name, 0));
  const study::Trial all{"where", "a", 3, 1, 2};
  CHECK(study::first_alike(s, all) == all);
  s.where = "all";
  CHECK(study::first_alike(s, all) == grid("a", 3));
  CHECK(study::first_alike(s, {"where", "a", 3, 0, 2}) == study::Trial{"where", "a", 3, 0, 2});
  // Two hidden layers of one width are those of the stage depth.
  const study::Trial two{"depth", study::free_name, 0, 2, 2}, wide{"depth", "WeightNorm", 0, 2, 2};
  CHECK(study::first_alike(s, two) == two);  // 6 and 5 units
  s.hidden = {6, 6};
  CHECK(study::first_alike(s, two) == grid(study::free_name, 0));
  CHECK(study::first_alike(s, wide) == grid("WeightNorm", 0));
  s.where = "input";
  CHECK(study::first_alike(s, wide) == study::Trial{"where", "WeightNorm", 0, 1, 2});
  CHECK(study::first_alike(s, {"depth", study::free_name, 0, 4, 2}).stage == "depth");
  for (const char* stage : {"grid", "final", "few", "irrelevant", "recovery", "cost"}) {
    const study::Trial trial{stage, "a", 3, 1, 2};
    CHECK(study::first_alike(s, trial) == trial);
  }
}

TEST_CASE("A study is shortened until it fits, and says how", "") {
  study::Setup small = setup();
  small.stages = {"grid"};
  small.epochs = 10;
  const study::Speed speed{.epoch = 0.1};
  CHECK(study::shorten(small, speed, 1000).empty());
  CHECK(small == [] {
    auto s = setup();
    s.stages = {"grid"};
    s.epochs = 10;
    return s;
  }());
  CHECK(study::expected_seconds(small, speed) == Approx(15));
  CHECK(study::shorten(small, speed, 13) == "every second strength");
  CHECK(small.strengths == std::vector<std::vector<double>>{{1, 3}, {0}});
  CHECK(study::shorten(small, speed, 7) == "every second strength, 7 epochs instead of 10");
  CHECK(study::expected_seconds(small, speed) <= 7);
  // The least of it may be too long, and nothing is said that was not done.
  CHECK(study::shorten(small, speed, 1e-3) == "1 epoch instead of 7");
  CHECK(study::shorten(small, speed, 1e-3).empty());
  CHECK(study::expected_seconds(small, speed) > 1e-3);
}

TEST_CASE("Of a study of recurrent networks alone only their steps are fewer", "") {
  study::Setup s = setup();
  s.stages = {"recurrent"}, s.recurrent_steps = 1000;
  const study::Setup before = s;
  CHECK(study::shorten(s, {.recurrent_step = 1}, 10) == "200 steps of recurrent networks instead of 1000");
  CHECK(s.recurrent_steps == 200);
  CHECK(s.strengths == before.strengths);
  CHECK(s.seeds == before.seeds);
  CHECK(s.epochs == before.epochs);
}

TEST_CASE("What is not trained again takes no time, and the stage cost lets other threads wait", "") {
  study::Setup s = setup();
  s.epochs = 10;
  s.stages = {"grid", "where"};  // 15 runs, and for 3 seeds two policies on all layers
  CHECK(study::expected_seconds(s, {.epoch = 0.1}) == Approx(15 + 6));
  s.stages = {"cost"};  // two policies, ten rounds of two epochs
  CHECK(study::expected_seconds(s, {.epoch = 0.1, .jobs = 2}) == Approx(8));
}

TEST_CASE("Recurrent networks are counted by a budget, and get a fifth of it", "") {
  study::Setup s = setup();
  s.stages = {"grid", "recurrent"};
  s.epochs = 10, s.recurrent_steps = 1000, s.chorales = 7;
  const study::Speed speed{.epoch = 0.1, .recurrent_step = 0.01, .recurrent_rest = 1};
  CHECK(study::expected_seconds(s, speed) == Approx(15 + 11));
  study::Setup fits = s, kept = s, left_out = s, alone = s;
  CHECK(study::shorten(fits, speed, 27).empty());
  CHECK(fits == s);
  CHECK(study::shorten(fits, speed, 20) == "300 steps of recurrent networks instead of 1000");
  CHECK(fits.recurrent_steps == 300);
  CHECK(
      study::shorten(kept, speed, 5, false).starts_with("200 steps of recurrent networks instead of 1000, "));
  CHECK(study::shorten(left_out, speed, 5).starts_with("no stage \"recurrent\", every second strength"));
  CHECK(left_out.stages == std::vector<std::string>{"grid"});
  CHECK(left_out.recurrent_steps == 0);
  CHECK(left_out.chorales == 0);
  alone.stages = {"recurrent"};
  CHECK(study::shorten(alone, speed, 6) == "500 steps of recurrent networks instead of 1000");
}
