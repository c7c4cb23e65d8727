// SPDX-License-Identifier: MIT
#include "espalier/train/fit.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/huber.hpp"
#include "espalier/loss/mean_absolute.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

auto classifier() {
  Sequential net(Dense(2, 8, MaxNorm{3}), Tanh{}, Dense(8, 2));
  initialize(net, Rng{1});
  return net;
}

/// y = 2 x_1 - x_2 + 1.
template <Scalar S>
BasicDataset<S> plane(Index samples) {
  BasicDataset<S> data;
  data.inputs = random_matrix<S>(2, samples, 1);
  data.targets = (2 * data.inputs.row(0) - data.inputs.row(1)).array() + 1;
  return data;
}

/// One weight that starts at 1, and samples that are all 1: for the target t the gradient of MeanSquared is 2
/// (w - t).
auto one_weight() {
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  detail::arena(net)[0] = 1;
  return net;
}
BasicDataset<double> ones(Matrix<double> targets) {
  BasicDataset<double> data;
  data.inputs = Matrix<double>::Ones(1, targets.cols());
  data.targets = std::move(targets);
  return data;
}

/// A loss of one's own: classes in an order, as numbers to meet.
struct Ordinal {
  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t) const {
    Matrix<typename Y::Scalar> gradient;
    return (*this)(y, t, gradient);
  }
  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t,
                    Matrix<typename Y::Scalar>& gradient) const {
    Matrix<typename Y::Scalar> values(1, t.samples());
    std::copy(t.labels().begin(), t.labels().end(), values.data());
    return MeanSquared{}(y, Target<typename Y::Scalar>(values), gradient);
  }
};

struct Broken {
  bool contains(Scalar auto w) const { return w <= 1; }
  template <Scalar S>
  S project(S w) const {
    return w > 9 ? std::numeric_limits<S>::quiet_NaN() : std::min(w, S(1));
  }
};

struct BrokenGradient {
  void forward(const auto& x, auto&& y) const { y = x; }
  void backward(const auto&, const auto&, const auto&, auto&& dx) const {
    dx.setConstant(std::numeric_limits<float>::quiet_NaN());
  }
  bool operator==(const BrokenGradient&) const = default;
};

}  // namespace

TEST_CASE("fit trains a classifier, and its history tells how") {
  auto net = classifier();
  Optimizer optimizer{Adam{.learning_rate = 0.02}};
  const Dataset data = two_halves(200);
  const double before = accuracy(net, data);
  const History history = fit(net, data, CrossEntropy{}, optimizer, {.epochs = 20, .batch = 16});
  REQUIRE(history.size() == 20);
  CHECK(accuracy(net, data) > 0.97);
  CHECK(accuracy(net, data) > before);
  CHECK(history.back().loss < 0.3 * history.front().loss);
  for (std::size_t k = 0; k < history.size(); ++k) {
    CHECK(history[k].epoch == static_cast<long>(k) + 1);
    CHECK(std::isnan(history[k].validation_loss));
    CHECK(std::isnan(history[k].validation_accuracy));
    CHECK(history[k].learning_rate == 0.02);
    CHECK(history[k].penalty == 0);
    CHECK(history[k].seconds >= (k > 0 ? history[k - 1].seconds : 0));
  }
  CHECK(optimizer.steps() == 20 * 13);
}

TEMPLATE_TEST_CASE("fit solves a regression", "", float, double) {
  auto net = sequential<TestType>(Dense(2, 1));
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  const auto data = plane<TestType>(100);
  fit(net, data, MeanSquared{}, optimizer, {.epochs = 50, .batch = 10});
  CHECK(parameter(net, "0.weight").isApprox(Matrix<TestType>{{2, -1}}, TestType(1e-5)));
  CHECK(parameter(net, "0.bias")(0) == Approx(1).epsilon(1e-5));
  CHECK(evaluate(net, data, MeanSquared{}) < 1e-9);
}

TEST_CASE("fit is the plain loop of forward, loss, backward and step") {
  auto net = classifier(), by_hand = net;
  const Dataset data = two_halves(10);
  Optimizer optimizer{Adam{.learning_rate = 0.02}}, again = optimizer;
  fit(net, data, CrossEntropy{}, optimizer, {.epochs = 2, .batch = 4, .shuffle = false});
  Matrix<float> gradient;
  for (int epoch = 0; epoch < 2; ++epoch)
    for (Index first = 0; first < 10; first += 4) {
      const Index n = std::min<Index>(4, 10 - first);  // the last batch has two samples
      CrossEntropy{}(by_hand.forward(data.inputs.middleCols(first, n)), data.target(first, n), gradient);
      by_hand.backward(data.inputs.middleCols(first, n), gradient);
      again.step(by_hand);
    }
  CHECK(net == by_hand);
}

TEST_CASE("The loss of an epoch is the mean over its samples, a smaller last batch included") {
  auto net = one_weight();
  Optimizer optimizer{SGD{.learning_rate = 1e-12}};
  const auto history = fit(net, ones(Matrix<double>{{0, 0, 3}}), MeanSquared{}, optimizer,
                           {.epochs = 1, .batch = 2, .shuffle = false});
  CHECK(history[0].loss == Approx((1 + 1 + 4) / 3.0));
}

TEST_CASE("Weights of samples enter the steps and the reported loss") {
  auto net = one_weight();
  auto data = ones(Matrix<double>{{0, 0, 3, 9}});
  data.weights = {1, 3, 4, 0};
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  const auto history = fit(net, data, MeanSquared{}, optimizer, {.epochs = 1, .batch = 4});
  CHECK(net.values()[0] == Approx(1 - 0.1 * (4 * 2.0 - 4 * 4.0) / 8));
  CHECK(history[0].loss == Approx((4 * 1 + 4 * 4) / 8.0));
}

TEST_CASE("A batch of samples that count nothing is passed over") {
  auto net = one_weight();
  auto data = ones(Matrix<double>{{7, 7, 0, 0}});
  data.weights = {0, 0, 1, 1};
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  const auto history = fit(net, data, MeanSquared{}, optimizer, {.epochs = 1, .batch = 2, .shuffle = false});
  CHECK(optimizer.steps() == 1);
  CHECK(history[0].loss == 1);
}

TEST_CASE("Weights of classes enter the mean of an epoch as they enter that of all samples") {
  auto net = classifier();
  Dataset data = two_halves(40);
  data.weights.assign(40, 1);
  data.weights[3] = 7;
  const CrossEntropy loss{.class_weights = {1, 20}};
  const double before = evaluate(net, data, loss);
  Optimizer optimizer{SGD{.learning_rate = 1e-12}};
  CHECK(fit(net, data, loss, optimizer, {.epochs = 1, .batch = 4})[0].loss == Approx(before));
}

TEST_CASE("Most of the data may count nothing") {
  auto net = classifier();
  Dataset data = two_halves(600);
  data.weights.assign(600, 0);
  data.weights[599] = 1;
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  CHECK(fit(net, data, CrossEntropy{}, optimizer, {.epochs = 1})[0].loss > 0);
  CHECK(optimizer.steps() == 1);
}

TEST_CASE("A batch whose classes count nothing is passed over") {
  auto net = classifier();
  Dataset data = two_halves(8);
  data.labels = {0, 0, 0, 0, 1, 0, 1, 1};
  const CrossEntropy loss{.class_weights = {0, 2}};
  const double before = evaluate(net, data, loss);
  Optimizer optimizer{SGD{.learning_rate = 1e-12}};
  const History history = fit(net, data, loss, optimizer, {.epochs = 1, .batch = 4, .shuffle = false});
  CHECK(optimizer.steps() == 1);
  CHECK(history[0].loss == Approx(before));
}

TEST_CASE("Reports keep data loss and penalty apart, and count the policies of the optimizer") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, L2{0.5}), Dense(1, 1, NoBias{}));
  for (const char* path : {"0.weight", "1.weight"}) assign(net, path, Matrix<double>{{2}});
  Optimizer optimizer{SGD{.learning_rate = 1e-12}, L1{3}};
  const auto history = fit(net, ones(Matrix<double>{{3}}), MeanSquared{}, optimizer, {.epochs = 1});
  CHECK(history[0].loss == Approx(1));
  CHECK(history[0].penalty == Approx(0.25 * 4 + 3 * 2));
}

TEST_CASE("Data are shuffled anew in each epoch, by the seed") {
  const auto order = [](bool shuffle, std::uint64_t seed) {
    auto net = one_weight();
    Optimizer optimizer{SGD{.learning_rate = 1e-12}};
    std::vector<double> losses;
    struct {
      std::vector<double>& losses;
      void batch(const decltype(net)&, const BatchReport& report) {
        losses.push_back(std::round(report.loss));
      }
    } recorder{losses};
    fit(net, ones(Matrix<double>{{2, 3, 4, 5, 6, 7, 8, 9}}), MeanSquared{}, optimizer,
        {.epochs = 2, .batch = 1, .shuffle = shuffle, .seed = seed}, recorder);
    return losses;
  };
  const std::vector<double> plain = order(false, 1), shuffled = order(true, 1);
  CHECK(plain == std::vector<double>{1, 4, 9, 16, 25, 36, 49, 64, 1, 4, 9, 16, 25, 36, 49, 64});
  CHECK(shuffled == order(true, 1));
  CHECK(shuffled != order(true, 2));
  const std::vector<double> first(shuffled.begin(), shuffled.begin() + 8),
      second(shuffled.begin() + 8, shuffled.end());
  CHECK(first != second);
  CHECK(std::is_permutation(first.begin(), first.end(), plain.begin()));
  CHECK(std::is_permutation(second.begin(), second.end(), plain.begin()));
}

TEST_CASE("Held-out data are not trained on, and are reported") {
  auto net = classifier(), by_hand = net;
  const Dataset data = two_halves(100);
  Optimizer optimizer{Adam{.learning_rate = 0.02}}, again = optimizer;
  const History history =
      fit(net, data, CrossEntropy{}, optimizer, {.epochs = 3, .batch = 20, .validation = 0.3, .seed = 5});
  CHECK(optimizer.steps() == 3 * 4);  // 70 samples
  const auto [train, held_out] = data.split(0.7, Rng(5, 1));
  const History same = fit(by_hand, train, CrossEntropy{}, again,
                           {.epochs = 3, .batch = 20, .validation_data = &held_out, .seed = 5});
  CHECK(net == by_hand);
  CHECK(history[2].validation_loss == same[2].validation_loss);
  CHECK(history[2].validation_loss == evaluate(net, held_out, CrossEntropy{}));
  CHECK(history[2].validation_accuracy == accuracy(net, held_out));
  auto line = sequential<double>(Dense(2, 1));
  const auto values = plane<double>(10);
  Optimizer plain_steps{SGD{}};
  const History regression = fit(line, values, MeanSquared{}, plain_steps, {.epochs = 1, .validation = 0.5});
  CHECK(regression[0].validation_loss > 0);
  CHECK(std::isnan(regression[0].validation_accuracy));
}

TEST_CASE("Accuracy is reported where labels are classes of the model, and a loss may take others") {
  auto net = Sequential(Dense(2, 1));
  initialize(net, Rng{1});
  Dataset data = two_halves(20);
  Optimizer optimizer{SGD{.learning_rate = 1e-3}};
  const auto accuracy_of = [&] {
    return fit(net, data, Ordinal{}, optimizer, {.epochs = 1, .validation_data = &data})[0]
        .validation_accuracy;
  };
  CHECK(accuracy_of() == accuracy(net, data));
  data.labels[7] = 4;
  CHECK(std::isnan(accuracy_of()));
}

TEST_CASE("The schedule sets the rate of every step, and its factor ends with the run") {
  auto net = one_weight();
  Optimizer optimizer{SGD{.learning_rate = 0.5}};
  struct Rates {
    std::vector<double> rates;
    void batch(const decltype(net)&, const BatchReport& report) { rates.push_back(report.learning_rate); }
  } rates;
  std::vector<Progress> seen;
  const auto schedule = [&](const Progress& p) {
    seen.push_back(p);
    return 1.0 / static_cast<double>(p.step + 1);
  };
  const auto data = ones(Matrix<double>{{1, 1, 1}});
  const History history =
      fit(net, data, MeanSquared{}, optimizer, {.epochs = 2, .batch = 2, .schedule = schedule}, rates);
  CHECK(rates.rates == std::vector<double>{0.5, 0.5 / 2, 0.5 * (1.0 / 3), 0.5 / 4});
  CHECK(history[0].learning_rate == 0.25);
  CHECK(history[1].learning_rate == 0.125);
  REQUIRE(seen.size() == 5);  // a copy was asked for the first step beforehand
  CHECK(seen[0].step == 0);
  CHECK(seen[0].steps == 4);
  CHECK(seen[1].step == 0);
  CHECK(seen[4].step == 3);
  CHECK(seen[4].steps == 4);
  CHECK(seen[4].epoch == 1);
  CHECK(seen[4].epochs == 2);
  CHECK(std::isnan(seen[2].loss));
  CHECK(seen[3].loss == history[0].loss);
  CHECK(optimizer.learning_rate() == 0.5);
  CHECK(fit(net, data, MeanSquared{}, optimizer, {.epochs = 1})[0].learning_rate == 0.5);
  const auto wrong = [](const Progress& p) { return p.step == 1 ? -1.0 : 0.1; };
  CHECK(message_of([&] { fit(net, data, MeanSquared{}, optimizer, {.batch = 1, .schedule = wrong}); }) ==
        "fit, epoch 1, step 2: expected a factor of the schedule >= 0 and finite, found -1");
  CHECK(optimizer.learning_rate() == 0.5);
}

TEST_CASE("A schedule that remembers a run starts each run afresh") {
  auto net = one_weight();
  Optimizer optimizer{SGD{.learning_rate = 0.5}};
  BasicFitOptions<double> options{
      .epochs = 2, .schedule = [n = 0](const Progress&) mutable { return std::pow(0.5, n++); }};
  const auto data = ones(Matrix<double>{{1}});
  CHECK(fit(net, data, MeanSquared{}, optimizer, options)[1].learning_rate == 0.25);
  CHECK(fit(net, data, MeanSquared{}, optimizer, options)[1].learning_rate == 0.25);
}

TEST_CASE("Data and options that make no sense are refused before anything changes") {
  auto net = classifier();
  detail::arena(net)[0] = 50;  // infeasible, and to stay so
  const auto before = numbers_of(net);
  Optimizer optimizer{Adam{}, Clip{-0.01, 0.01}};
  const Dataset good = two_halves(20);
  const auto refused = [&](const Dataset& data, const FitOptions& options = {}) {
    struct {
      bool called = false;
      void start(const Plan&) { called = true; }
    } observer;
    const std::string message =
        message_of([&] { fit(net, data, CrossEntropy{}, optimizer, options, observer); });
    CHECK(!observer.called);
    CHECK(numbers_of(net) == before);
    CHECK(optimizer.steps() == 0);
    return message;
  };
  Dataset data = good;
  data.inputs(1, 7) = std::nanf("");
  CHECK(refused(data).starts_with("inputs(1, 7), feature 1 of sample 7: expected a finite number"));
  data = good;
  data.labels[19] = 2;
  CHECK(refused(data) ==
        "CrossEntropy: expected an output for each class, at least 3 for the label 2 of sample 19 (counted "
        "from 0), found 2 outputs");
  data.labels[19] = -1;
  CHECK_FALSE(refused(data).empty());
  data.labels.pop_back();
  CHECK_FALSE(refused(data).empty());
  data = good;
  data.labels.clear();
  CHECK(refused(data) == "target: expected data with labels or targets, found neither");
  data.targets = Matrix<float>::Ones(3, 20);
  CHECK_FALSE(refused(data).empty());
  data = good;
  data.inputs = Matrix<float>::Ones(3, 20);
  CHECK(refused(data) == "fit: expected data of 2 features, the inputs of the model, found 3");
  data.inputs.resize(2, 0);
  CHECK_FALSE(refused(data).empty());
  data = good;
  data.weights.assign(20, 0);
  CHECK(refused(data) == "fit: expected weights with a sum > 0, found 0");
  data = two_halves(600);
  data.labels[500] = 2;
  const std::string late =
      "CrossEntropy: expected an output for each class, at least 3 for the label 2 of sample 244 (counted "
      "from 0), found 2 outputs "
      "(in the part of the data from sample 256 on)";
  CHECK(refused(data) == late);
  data.weights.assign(600, 0);
  data.weights[0] = 1;  // the wrong label counts nothing
  CHECK(refused(data) == late);
  CHECK(refused(good, {.epochs = 0}) == "fit: expected epochs >= 1, found 0");
  CHECK(refused(good, {.batch = 0}) == "fit: expected batch >= 1, found 0");
  CHECK(refused(good, {.validation = 1}).starts_with("fit: expected 0 <= validation < 1"));
  for (const double fraction : {0.001, 0.999})
    CHECK(refused(good, {.validation = fraction}) ==
          fmt::format("fit: expected a validation fraction that leaves samples to validate with and to train "
                      "on, found {} of 20 samples",
                      fraction));
  CHECK(refused(good, {.validation = 0.5, .validation_data = &good}) ==
        "fit: expected validation or validation_data, found both");
  CHECK(refused(good, {.schedule = StepDecay{.every = 0}}) ==
        "StepDecay: expected every >= 1 epochs, found 0");
  CHECK(refused(good, {.schedule = [](const Progress&) { return std::nan(""); }}) ==
        "fit, epoch 1, step 1: expected a factor of the schedule >= 0 and finite, found nan");
  Dataset other = good;
  other.labels[3] = 9;
  CHECK_FALSE(refused(good, {.validation_data = &other}).empty());
  other = plane<float>(5);
  other.inputs = Matrix<float>::Ones(4, 5);
  CHECK_FALSE(refused(good, {.validation_data = &other}).empty());
}

TEST_CASE("An optimizer that belongs to another model is refused before anything changes") {
  auto net = classifier(), before = net;
  auto other = Sequential(Dense(1, 1));
  Optimizer optimizer{SGD{}};
  optimizer.step(other);
  CHECK_THROWS_AS(fit(net, two_halves(10), CrossEntropy{}, optimizer), ShapeError);
  CHECK(net == before);
}

TEST_CASE("A second run with the same optimizer starts from feasible weights too") {
  auto net = one_weight();
  Optimizer optimizer{SGD{.learning_rate = 1e-12}, Clip{-2, 2}};
  const auto data = ones(Matrix<double>{{0}});
  fit(net, data, MeanSquared{}, optimizer, {.epochs = 1});
  detail::arena(net)[0] = 5;
  CHECK(fit(net, data, MeanSquared{}, optimizer, {.epochs = 1})[0].loss == Approx(4));
}

TEST_CASE("A loss that is not finite ends the run with step and layer, and finite weights") {
  auto net = Sequential(Dense(2, 3), Identity{}, Dense(3, 1));
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{.learning_rate = 10}};
  const std::string message =
      message_of([&] { fit(net, plane<float>(32), MeanSquared{}, optimizer, {.epochs = 100, .batch = 32}); });
  CHECK(message.starts_with("fit, epoch "));
  CHECK(message.find(fmt::format("step {}", optimizer.steps() + 1)) != std::string::npos);
  for (const float w : numbers_of(net)) CHECK(std::isfinite(w));
  CHECK_THROWS_AS(fit(net, plane<float>(32), MeanSquared{}, optimizer), NotFiniteError);
}

TEST_CASE("Overflow in a layer is named") {
  auto net = Sequential(Dense(1, 1), Identity{}, Dense(1, 1));
  for (const char* path : {"0.weight", "2.weight"}) assign(net, path, Matrix<float>{{1e30F}});
  const auto before = net;
  Optimizer optimizer{SGD{}};
  CHECK(
      message_of([&] { fit(net, ones(Matrix<double>{{1}}).cast<float>(), MeanSquared{}, optimizer); }) ==
      "fit, epoch 1, step 1: expected a finite loss, found inf; the first layer whose outputs are not finite "
      "is layer 2");
  CHECK(net == before);
}

TEST_CASE("A loss that overflows by itself blames no layer") {
  auto net = one_weight();
  Optimizer optimizer{SGD{}};
  CHECK(message_of([&] { fit(net, ones(Matrix<double>{{1e200}}), MeanSquared{}, optimizer); }) ==
        "fit, epoch 1, step 1: expected a finite loss, found inf, though every layer's outputs are finite");
}

TEST_CASE("A model that nobody initialized is refused, unless it trains from zero") {
  auto net =
      Sequential(Dense(2, 8, Clip{1, 2}), Tanh{}, Dense(8, 2));  // which the first step would make equal
  Optimizer optimizer{SGD{}};
  const auto before = net;
  CHECK(message_of([&] { fit(net, two_halves(10), CrossEntropy{}, optimizer); }) ==
        "0.weight: expected weights from initialize() or assign(), found all zero");
  CHECK(net == before);
  detail::arena(net)[7] = 1;  // sparse is not zero
  fit(net, two_halves(10), CrossEntropy{}, optimizer, {.epochs = 1});
  auto linear = Sequential(Dense(2, 2));
  CHECK(fit(linear, two_halves(10), CrossEntropy{}, optimizer = Optimizer{SGD{}}, {.epochs = 1})[0].loss > 0);
}

TEST_CASE("Validation data number their classes as the training data do") {
  auto net = Sequential(Dense(2, 3));
  Optimizer optimizer{SGD{}};
  Dataset train = two_halves(10), test = two_halves(4);
  train.class_names = {"3", "5", "7"};
  const auto fit_both = [&] {
    fit(net, train, CrossEntropy{}, optimizer, {.epochs = 1, .validation_data = &test});
  };
  const std::string expected =
      "fit: expected validation data of the training data's classes (read with .classes = train.class_names)";
  test.class_names = {"5", "7"};
  CHECK(message_of(fit_both) == expected + ", 3, found 2");
  test.class_names = {"3", "7", "5"};
  CHECK(message_of(fit_both) == expected + ", class 1 being '5', found '7'");
  CHECK(optimizer.steps() == 0);
  test.class_names.clear();
  fit_both();
  test.class_names = train.class_names;
  fit_both();
}

TEST_CASE("Options of a loss are checked before anything changes") {
  auto net = one_weight(), before = net;
  Optimizer optimizer{SGD{}};
  CHECK(message_of([&] { fit(net, ones(Matrix<double>{{1}}), Huber{0}, optimizer); }) ==
        "Huber: expected delta > 0 and finite, found 0");
  CHECK(net == before);
}

TEST_CASE("A gradient that is not finite ends the run with step and parameter") {
  auto net = Sequential(Dense(1, 1, NoBias{}), BrokenGradient{}, Dense(1, 1, NoBias{}));
  initialize(net, Rng{1});
  const auto before = net;
  Optimizer optimizer{SGD{}};
  CHECK(message_of([&] { fit(net, ones(Matrix<double>{{1}}).cast<float>(), MeanSquared{}, optimizer); }) ==
        "fit, epoch 1, step 1: 0.weight: expected finite gradients, found NaN or infinity");
  CHECK(net == before);
}

TEST_CASE("Weights that overflow in the last step do not go unnoticed") {
  auto net = Sequential(Dense(1, 1, NoBias{}));
  detail::arena(net)[0] = 1;
  Optimizer optimizer{SGD{.learning_rate = 1e38}};
  CHECK(message_of([&] {
          fit(net, ones(Matrix<double>{{100}}).cast<float>(), MeanSquared{}, optimizer, {.epochs = 1});
        }) == "fit, epoch 1, step 1: 0.weight: expected a step to finite weights, found NaN or infinity");
}

TEST_CASE("A policy that makes NaN of a weight does not go unnoticed") {
  auto net = Sequential(Dense(1, 1, NoBias{}, Broken{}));
  Optimizer optimizer{SGD{.learning_rate = 1}};
  CHECK(message_of([&] {
          fit(net, ones(Matrix<double>{{100}}).cast<float>(), MeanSquared{}, optimizer, {.epochs = 1});
        }) == "fit, epoch 1, step 1: 0.weight: expected a step to finite weights, found NaN or infinity");
}

TEST_CASE("A validation loss that is not finite ends the run") {
  auto net = one_weight();
  auto other = ones(Matrix<double>{{1}});
  other.inputs(0) = 1e200;
  Optimizer optimizer{SGD{}};
  CHECK(message_of([&] {
          fit(net, ones(Matrix<double>{{1}}), MeanSquared{}, optimizer, {.validation_data = &other});
        }) == "fit, after epoch 1: expected a finite validation loss, found inf");
}

TEST_CASE("Training with dropout reports validation without it") {
  auto net = Sequential(Dense(2, 30), Tanh{}, Dropout{0.5}, Dense(30, 2));
  initialize(net, Rng{1});
  Optimizer optimizer{Adam{.learning_rate = 0.02}};
  const Dataset data = two_halves(100);
  const History history = fit(net, data, CrossEntropy{}, optimizer, {.epochs = 10, .validation_data = &data});
  CHECK(history.back().validation_loss == evaluate(net, data, CrossEntropy{}));
  CHECK(history.back().validation_loss < history.back().loss);
}

TEST_CASE("Without validation data a schedule watches what the run minimizes, penalties included") {
  // (w - 10)^2 + w^2 is least at w = 5, where it is 50. On the way from 10 the data loss alone only grows.
  auto net = sequential<double>(Dense(1, 1, NoBias{}, L2{2}));
  detail::arena(net)[0] = 10;
  Optimizer optimizer{SGD{.learning_rate = 0.01}};
  const auto data = ones(Matrix<double>{{10}});
  std::vector<double> seen;
  const auto record = [&](const Progress& p) { return seen.push_back(p.loss), 1; };
  auto copy = net;
  const History history = fit(copy, data, MeanSquared{}, optimizer, {.epochs = 2, .schedule = record});
  CHECK(seen.back() == history[0].loss + history[0].penalty);
  optimizer.reset();
  fit(net, data, MeanSquared{}, optimizer, {.epochs = 500, .schedule = OnPlateau{.patience = 3}});
  CHECK(evaluate(net, data, MeanSquared{}) + penalty(net) == Approx(50).epsilon(1e-3));
}

TEST_CASE("With validation data a schedule watches their loss") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, L2{2}));
  detail::arena(net)[0] = 10;
  Optimizer optimizer{SGD{.learning_rate = 0.01}};
  const auto data = ones(Matrix<double>{{10}});
  std::vector<double> seen;
  const auto record = [&](const Progress& p) { return seen.push_back(p.loss), 1; };
  const History history =
      fit(net, data, MeanSquared{}, optimizer, {.epochs = 2, .validation_data = &data, .schedule = record});
  CHECK(seen.back() == history[0].validation_loss);
}

namespace {

/// The losses of the samples of an epoch of a model that hardly moves: their order.
struct Order {
  std::vector<double> losses;
  void batch(const auto&, const BatchReport& report) { losses.push_back(std::round(report.loss)); }
};

}  // namespace

TEST_CASE("Each of several calls of one epoch has an order of its own, until the optimizer is reset") {
  const auto data = ones(Matrix<double>{{2, 3, 4, 5, 6, 7, 8, 9}});
  Optimizer optimizer{SGD{.learning_rate = 1e-12}};
  auto net = one_weight();
  const auto order = [&] {
    Order result;
    fit(net, data, MeanSquared{}, optimizer, {.epochs = 1, .batch = 1, .seed = 3}, result);
    return result.losses;
  };
  const auto first = order(), second = order(), third = order();
  CHECK(first != second);
  CHECK(first != third);
  CHECK(second != third);
  optimizer.reset();
  CHECK(order() == first);
  CHECK(order() == second);
  net = one_weight();  // another model: as reset
  CHECK(order() == first);
}

TEST_CASE("Folds with one optimizer are as folds with one each") {
  Sequential untrained(Dense(2, 8), Tanh{}, Dense(8, 2));
  initialize(untrained, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 0.02}};
  for (std::uint64_t fold = 0; fold < 3; ++fold) {
    auto net = untrained, other = untrained;
    const Dataset data = two_halves(50, fold);
    fit(net, data, CrossEntropy{}, optimizer, {.epochs = 2});
    fit(other, data, CrossEntropy{}, Adam{.learning_rate = 0.02}, {.epochs = 2});
    CHECK(net == other);
  }
}

TEST_CASE("Two calls of one epoch are one call of two, bit for bit") {
  Sequential net(Dense(2, 8, MaxNorm{3}), Tanh{}, Dropout{0.2}, Dense(8, 2));
  initialize(net, Rng{1});
  auto twice = net;
  const Dataset data = two_halves(50);
  Optimizer optimizer{Adam{.learning_rate = 0.02}}, other = optimizer;
  fit(net, data, CrossEntropy{}, optimizer, {.epochs = 2, .batch = 8, .validation = 0.2, .seed = 5});
  for (int k = 0; k < 2; ++k)
    fit(twice, data, CrossEntropy{}, other, {.epochs = 1, .batch = 8, .validation = 0.2, .seed = 5});
  CHECK(net == twice);
}

TEST_CASE("A training loss after an epoch that is not finite ends the run") {
  auto net = one_weight();
  Optimizer optimizer{SGD{.learning_rate = 1e30}};  // one step goes from a loss of 1e300 to weights of 2e180
  struct {
    bool wants_training_loss() const { return true; }
    void start(const Plan&) {}
  } observer;
  CHECK(message_of([&] {
          fit(net, ones(Matrix<double>{{1e150}}), MeanSquared{}, optimizer, {.epochs = 1}, observer);
        }) == "fit, after epoch 1: expected a finite training loss, found inf");
}
