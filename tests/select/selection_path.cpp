// SPDX-License-Identifier: MIT
#include "espalier/select/selection_path.hpp"

#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

/// Two of four inputs have an effect, of a hundred samples without noise.
BasicDataset<double> data_of_two() {
  BasicDataset<double> data{.inputs = random_matrix<double>(4, 100, 1)};
  data.targets = 2 * data.inputs.row(1) - data.inputs.row(3);
  return data;
}

}  // namespace

TEST_CASE("A path loses the inputs without effect first, and all at lambda_max") {
  const auto data = data_of_two();
  auto net = sequential<double>(Dense(4, 1, L1{}));
  initialize(net, {.seed = 1});
  const double most = lambda_max(net, data, MeanSquared{});
  std::size_t seen = 0;
  const auto path = selection_path(net, data, MeanSquared{}, SGD{.learning_rate = 0.1},
                                   {.to = most * 1.01, .points = 6, .fit = {.epochs = 200, .batch = 100}},
                                   [&](const SelectionPoint& point, const auto& model) {
                                     ++seen;
                                     CHECK(point.inputs == selected(model));
                                     CHECK(policy<L1>(model, "0.weight").strength == point.strength);
                                   });
  REQUIRE(path.size() == 6);
  CHECK(seen == 6);
  CHECK(path.front().strength == Approx(most * 1.01 / 100));
  CHECK(path.front().inputs == std::vector<Index>{1, 3});
  CHECK(path.back().strength == Approx(most * 1.01));
  CHECK(path.back().inputs.empty());
  for (std::size_t k = 1; k < path.size(); ++k) {
    CHECK(path[k].strength / path[k - 1].strength == Approx(std::pow(100.0, 0.2)));
    CHECK(path[k].last.loss > path[k - 1].last.loss);
  }
}

TEST_CASE("A path may fall, and ends early only where it rises") {
  const auto data = data_of_two();
  auto net = sequential<double>(Dense(4, 1, PerInput{GroupLasso{}}));
  initialize(net, {.seed = 1});
  const double most = lambda_max(net, data, MeanSquared{});
  const BasicFitOptions<double> fit{.epochs = 100, .batch = 100};
  const auto falling = selection_path(net, data, MeanSquared{}, SGD{.learning_rate = 0.1},
                                      {.from = most * 2, .to = most / 50, .points = 4, .fit = fit});
  REQUIRE(falling.size() == 4);
  CHECK(falling.front().inputs.empty());
  CHECK(falling.back().inputs == std::vector<Index>{1, 3});
  const auto rising = selection_path(net, data, MeanSquared{}, Optimizer{SGD{.learning_rate = 0.1}},
                                     {.from = most / 50, .to = most * 16, .points = 10, .fit = fit});
  CHECK(rising.size() < 10);
  CHECK(rising.back().inputs.empty());
}

TEST_CASE("Along a path GroupMcp stays flat from the same length on") {
  const auto data = data_of_two();
  auto net =
      sequential<double>(Dense(4, 2, PerInput{GroupMcp{.strength = 0.1, .gamma = 8}}), Tanh{}, Dense(2, 1));
  initialize(net, {.seed = 1});
  selection_path(net, data, MeanSquared{}, SGD{.learning_rate = 0.01},
                 {.from = 0.01, .to = 0.4, .points = 2, .fit = {.epochs = 1}},
                 [](const SelectionPoint& point, const auto& model) {
                   CHECK(policy<GroupMcp>(model, "0.weight").gamma * point.strength == Approx(0.8));
                 });
}

TEST_CASE("A path that GroupScad cannot follow to its end does not begin") {
  const auto data = data_of_two();
  auto net = sequential<double>(Dense(4, 1, PerInput{GroupScad{.strength = 0.1, .gamma = 4}}));
  initialize(net, {.seed = 1});
  const auto before = net;
  const BasicPathOptions<double> options{.from = 0.01, .to = 0.5, .points = 3, .fit = {.epochs = 1}};
  CHECK_THROWS_WITH(selection_path(net, data, MeanSquared{}, SGD{}, options),
                    Catch::Contains("makes sense at the strength 0.5") && Catch::Contains("gamma > 1"));
  CHECK(net == before);
  CHECK(policy<GroupScad>(net, "0.weight").strength == 0.1);
}

TEST_CASE("Options of a path that make no sense change nothing") {
  const auto data = data_of_two();
  auto net = sequential<double>(Dense(4, 1, L1{}));
  const auto before = net;
  const auto run = [&](const BasicPathOptions<double>& options) {
    selection_path(net, data, MeanSquared{}, SGD{}, options);
  };
  CHECK_THROWS_AS(run({.from = -1}), ValueError);
  CHECK_THROWS_AS(run({.points = 1}), ValueError);
  CHECK_THROWS_AS(run({.fit = {.epochs = 0}}), ValueError);
  auto unread = data;
  unread.targets.setZero();
  CHECK_THROWS_AS(selection_path(net, unread, MeanSquared{}, SGD{}, {}), ValueError);
  CHECK(net == before);
  CHECK(policy<L1>(net, "0.weight").strength == 0);  // which == does not compare
}
