// SPDX-License-Identifier: MIT
#include "espalier/train/fit.hpp"

#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

auto small_net() {
  Sequential net{Dense(2, 8, MaxNorm{.radius = 2}), Tanh{}, Dense(8, 2)};
  initialise(net, Rng{1});
  return net;
}

struct Watcher {
  long starts = 0, batches = 0, epochs = 0, finishes = 0, stop_after = 100;

  void start(const Plan&) { ++starts; }
  void batch(const auto&, const BatchReport&) { ++batches; }
  bool epoch(const auto&, const EpochReport&) { return ++epochs < stop_after; }
  void finish(auto&) { ++finishes; }
};

}  // namespace

TEST_CASE("fit learns, keeps the constraint and reports every epoch") {
  auto net = small_net();
  Adam optimizer{{.rate = 1e-2}};
  const Dataset data = two_halves(200);
  Watcher watcher;
  const History history =
      fit(net, data, CrossEntropy{}, optimizer, {.epochs = 20, .batch = 32, .validation = 0.25}, watcher);
  REQUIRE(history.size() == 20);
  CHECK(history.back().loss < history.front().loss / 2);
  CHECK(history.back().validation_accuracy > 0.9);
  CHECK(history.back().epoch == 20);
  CHECK(feasible(net));
  CHECK(watcher.starts == 1);
  CHECK(watcher.batches == 20 * 5);  // 150 samples: four batches of 32 and one of 22
  CHECK(optimizer.steps() == 20 * 5);
  CHECK(watcher.epochs == 20);
  CHECK(watcher.finishes == 1);
}

TEST_CASE("an observer ends a run") {
  auto net = small_net();
  Adam optimizer;
  Watcher watcher{.stop_after = 3};
  CHECK(fit(net, two_halves(20), CrossEntropy{}, optimizer, {.epochs = 50}, watcher).size() == 3);
  CHECK(watcher.finishes == 1);
}

TEST_CASE("one epoch of full batches without shuffling is the plain loop") {
  const Dataset data = two_halves(30);
  auto fitted = small_net(), looped = small_net();
  SGD first{{.rate = 0.1}}, second{{.rate = 0.1}};
  fit(fitted, data, CrossEntropy{}, first, {.epochs = 3, .batch = 30, .shuffle = false});
  Matrix<float> gradient;
  for (int step = 0; step < 3; ++step) {
    CrossEntropy{}(looped.forward(data.inputs), data.target(), gradient);
    looped.backward(data.inputs, gradient);
    second.step(looped);
  }
  CHECK(fitted == looped);
}

TEST_CASE("a schedule sets the rate of each step") {
  auto net = small_net();
  SGD optimizer{{.rate = 0.1}};
  const History history = fit(net, two_halves(20), CrossEntropy{}, optimizer,
                              {.epochs = 4, .batch = 20, .schedule = StepDecay{.every = 2, .factor = 0.5}});
  CHECK(history[1].rate == Catch::Approx(0.1));
  CHECK(history[2].rate == Catch::Approx(0.05));
}

TEST_CASE("samples of weight 0 teach nothing") {
  Dataset data = two_halves(40), half;
  for (int i = 0; i < 40; ++i) data.weights.push_back(i < 20 ? 1.0F : 0.0F);
  half.inputs = data.inputs.leftCols(20);
  half.labels.assign(data.labels.begin(), data.labels.begin() + 20);
  auto weighted = small_net(), halved = small_net();
  SGD first{{.rate = 0.1}}, second{{.rate = 0.1}};
  fit(weighted, data, CrossEntropy{}, first, {.epochs = 2, .batch = 20, .shuffle = false});
  fit(halved, half, CrossEntropy{}, second, {.epochs = 2, .batch = 20, .shuffle = false});
  CHECK(weighted == halved);
}

TEST_CASE("what makes no sense is refused before anything changes") {
  auto net = small_net();
  const auto before = net;
  Adam optimizer;
  const Dataset data = two_halves(20);
  Dataset nan = data, label = data, wide = data;
  nan.inputs(1, 3) = std::numeric_limits<float>::quiet_NaN();
  label.labels[19] = 7;
  wide.inputs = random_matrix<float>(3, 20, 1);
  const auto message = [&](const Dataset& bad, const FitOptions& options = {}) {
    return message_of([&] { fit(net, bad, CrossEntropy{}, optimizer, options); });
  };
  CHECK(message(nan).find("feature 1 of sample 3") != std::string::npos);
  CHECK(message(label).find("sample 19") != std::string::npos);
  CHECK(message(wide).find("2 features") != std::string::npos);
  CHECK(message(Dataset{}).find("at least one sample") != std::string::npos);
  CHECK(message(data, {.epochs = 0}).find("epochs >= 1") != std::string::npos);
  CHECK(message(data, {.batch = 0}).find("batch >= 1") != std::string::npos);
  CHECK(message(data, {.validation = 1}).find("validation") != std::string::npos);
  CHECK(message(data, {.validation = 0.5, .validation_data = &data}).find("both") != std::string::npos);
  CHECK(message_of([&] { fit(net, data, MeanSquared{}, optimizer); }).find("class labels") !=
        std::string::npos);
  CHECK(net == before);
  CHECK(optimizer.steps() == 0);
}

TEST_CASE("a loss that is not finite ends the run, names step and layer and leaves the weights of before") {
  Sequential net{Dense(1, 1), Dense(1, 1)};
  assign(net, 1, "weight", Matrix<float>::Constant(1, 1, 1e30F));
  assign(net, 2, "weight", Matrix<float>::Constant(1, 1, 1e30F));
  const auto before = net;
  Dataset data;
  data.inputs = Matrix<float>::Ones(1, 4);
  data.targets = Matrix<float>::Ones(1, 4);
  SGD optimizer{{.rate = 0.1}};
  CHECK_THROWS_AS(fit(net, data, MeanSquared{}, optimizer), NotFiniteError);
  const std::string message = message_of([&] { fit(net, data, MeanSquared{}, optimizer); });
  CHECK(message.find("step 1") != std::string::npos);
  CHECK(message.find("layer 2") != std::string::npos);
  CHECK(net == before);
}
