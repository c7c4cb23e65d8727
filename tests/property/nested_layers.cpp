// SPDX-License-Identifier: MIT
// Layers that hold layers, of every kind in one another: gradients, predictions, threads and training.
#include "../layer/parametric_test.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/layer/recurrent.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

namespace {

/// A residual block of branches of batch normalization and dense layers, recurrent layers in branches, and
/// dense layers behind an LSTM. 6 inputs are 3 steps of 2 to the recurrent layers.
template <Scalar S, class... Between>
auto nested(Index scale, const Between&... between) {
  const Index width = 6 * scale, half = 3 * scale;
  return sequential<S>(
      Residual(Concat(Chain(BatchNorm(width), Dense(width, half, WeightNorm{}), Tanh{}),
                      Residual(Dense(width, half), SiLU{}, between..., Dense(half, width)), Tanh{}),
               Dense(half + 2 * width, width, L1{1e-3}, MaxNorm{.radius = 2})),
      BatchNorm(3, {.per = 2 * scale}),
      Concat(LSTM(2 * scale, half, 3, {}, InputWeight{MaxNorm{.radius = 1}}, RecurrentWeight{WeightNorm{}}),
             Chain(Recurrent(2 * scale, half, 3, {.last = true}), Dense(half, half)), Identity{}),
      Dense(18 * scale, 6), LSTM(2, 4, 3, {.last = true}, Clip{-2, 2}), Dense(4, 3));
}

}  // namespace

TEST_CASE("Gradients of layers in one another are right") {
  auto net = nested<double>(1);
  test::fill_parameters(net, 1, 0.5);
  project(net);
  test::check_gradients(net, 5);
}

TEMPLATE_TEST_CASE("predict is forward where no layer behaves otherwise in training", "", float, double) {
  const auto check = [](const auto& layer) {
    auto net = sequential<TestType>(layer);
    test::fill_parameters(net, 1);
    const Matrix<TestType> x = random_matrix<TestType>(net.inputs(), 5, 2), y = net.forward(x);
    CHECK(net.predict(x) == y);
    auto copy = net;
    CHECK(copy == net);
    CHECK(copy.predict(x) == y);
  };
  check(Residual(Concat(Dense(6, 2), Chain(Dense(6, 3, WeightNorm{}), Tanh{}), Identity{}), Dense(11, 6)));
  check(Concat(LSTM(2, 4, 3), Recurrent(3, 4, 2, {.last = true}), Residual(Recurrent(3, 3, 2))));
}

TEST_CASE("Every layer of a nested model has a path, and buffers are not trained") {
  const auto net = nested<float>(1);
  const std::vector<std::string> paths = test::paths_of(net);
  for (const char* path :
       {"0.body.0.0.0.running_var", "0.body.0.0.1.gain", "0.body.0.1.body.2.weight", "0.body.1.weight",
        "1.running_mean", "2.0.weight_hh", "2.0.gain_hh", "2.1.0.weight_ih", "2.1.1.bias", "4.weight_ih"}) {
    CAPTURE(path);
    CHECK(std::find(paths.begin(), paths.end(), path) != paths.end());
  }
}

TEMPLATE_TEST_CASE("The number of threads changes no bit of a nested model's training", "", float, double) {
  const int before = threads();
  const auto trained = [](int n) {
    set_threads(n);
    auto net = nested<TestType>(20, Dropout{0.2});
    initialize(net, Rng{1});
    const Matrix<TestType> x = random_matrix<TestType>(net.inputs(), 40, 2);
    std::vector<int> labels(40);
    for (std::size_t k = 0; k < labels.size(); ++k) labels[k] = static_cast<int>(k % 3);
    Optimizer optimizer{Adam{.learning_rate = 0.01}};
    Matrix<TestType> gradient, dx;
    for (int k = 0; k < 3; ++k) {
      CrossEntropy{}(net.forward(x), labels, gradient);
      net.backward(x, gradient, dx);
      optimizer.step(net);
    }
    return std::pair(numbers_of(net), dx);
  };
  const auto expected = trained(1);
  for (const int n : {2, 3}) CHECK((trained(n) == expected));
  set_threads(before);
}

TEST_CASE("A nested model learns, and stays in its sets") {
  // Which of three steps of a sequence has the largest first number.
  BasicDataset<float> data;
  data.inputs = random_matrix<float>(6, 300, 3);
  for (Index j = 0; j < data.inputs.cols(); ++j) {
    Index largest = 0;
    for (Index t = 1; t < 3; ++t)
      if (data.inputs(2 * t, j) > data.inputs(2 * largest, j)) largest = t;
    data.labels.push_back(static_cast<int>(largest));
  }
  auto net = nested<float>(1);
  initialize(net, Rng{1});
  CHECK(feasible(net));
  Optimizer optimizer{Adam{.learning_rate = 0.01}};
  const double before = evaluate(net, data, CrossEntropy{});
  fit(net, data, CrossEntropy{}, optimizer, {.epochs = 30, .batch = 30});
  CHECK(feasible(net));
  CHECK(evaluate(net, data, CrossEntropy{}) < before / 3);
  CHECK(accuracy(net, data) > 0.9);
}

TEST_CASE("Batch normalization in fit refuses a last batch of one sample, and says what to do") {
  auto net = sequential<float>(Dense(2, 4), BatchNorm(4), ReLU{}, Dense(4, 2));
  initialize(net, Rng{1});
  CHECK_THROWS_AS(fit(net, two_halves(33), CrossEntropy{}, SGD{}, {.batch = 16}), ValueError);
  CHECK_NOTHROW(fit(net, two_halves(33), CrossEntropy{}, SGD{}, {.batch = 11}));
}
