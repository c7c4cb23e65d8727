// SPDX-License-Identifier: MIT
#include "espalier/train/evaluate.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/mean_squared.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

template <Scalar S>
auto net_of(Index outputs) {
  auto net = sequential<S>(Dense(2, outputs, L2{1}), Dropout{0.5});
  initialize(net, Rng{1});
  return net;
}

}  // namespace

TEMPLATE_TEST_CASE("All samples are predicted, in pieces, as they are alone", "", float, double) {
  const auto net = net_of<TestType>(3);
  const Matrix<TestType> x = random_matrix<TestType>(2, 600, 2), y = predict(net, x);
  REQUIRE(y.cols() == 600);
  CHECK((y - net.predict(x)).norm() <= 1e-6);
  const Matrix<TestType> wide = random_matrix<TestType>(5, 300, 3);
  CHECK(predict(net, wide.middleRows(1, 2)) == predict(net, Matrix<TestType>(wide.middleRows(1, 2))));
  CHECK(predict(net, Matrix<TestType>(2, 0)).cols() == 0);
  CHECK_THROWS_AS(predict(net, Matrix<TestType>::Ones(3, 4)), ShapeError);
  CHECK(message_of([&] { predict(net, Matrix<TestType>(7, 0)); }) ==
        "predict: expected 2 inputs, those of the model, found 7");
}

TEST_CASE("evaluate gives the data loss of all samples, without dropout and penalties") {
  const auto net = net_of<float>(2);
  const Dataset data = two_halves(600);
  CHECK(evaluate(net, data, CrossEntropy{}) ==
        Approx(CrossEntropy{}(net.predict(data.inputs), data.target())));
}

TEST_CASE("Classes are counted before accuracy and confusion compare their numbers") {
  const auto net = net_of<float>(3);
  Dataset data = two_halves(4);
  accuracy(net, data);  // nobody named the classes
  data.class_names = {"5", "7"};
  CHECK(message_of([&] { accuracy(net, data); }) ==
        "accuracy: expected data of the 3 classes of the model (read with .classes = train.class_names), "
        "found 2");
  CHECK_THROWS_AS(confusion(net, data), ValueError);
  CHECK(accuracy(net_of<float>(2), data) >= 0);
  CHECK(confusion(net_of<float>(1), data).total() == 4);  // one output decides between two
}

TEST_CASE("Metrics of a model on data are those of its predictions") {
  const auto net = net_of<float>(2);
  const Dataset data = two_halves(600);
  const Matrix<float> y = net.predict(data.inputs);
  CHECK(accuracy(net, data) == accuracy(y, data.target()));
  CHECK(confusion(net, data) == confusion(y, data.target()));
  Dataset values{data.inputs, {}, data.inputs, {}, {}, {}};
  CHECK(rmse(net, values) == Approx(rmse(y, values.target())));
  CHECK(mae(net, values) == Approx(mae(y, values.target())));
  CHECK(r2(net, values) == Approx(r2(y, values.target())));
}

namespace {

/// Layers 1 and 3 of this net make the exclusive or of two inputs: the hidden units are near x1 or x2, and x1
/// and x2; the output is near the first but not the second.
template <class Last>
auto exclusive_or(const Last& last) {
  Sequential net(Dense(2, 2), Sigmoid{}, Dense(2, 1), last);
  assign(net, "0.weight", Matrix<float>{{20, 20}, {20, 20}});
  assign(net, "0.bias", Matrix<float>{{-10}, {-30}});
  assign(net, "2.weight", Matrix<float>{{20, -20}});
  assign(net, "2.bias", Matrix<float>{{-10}});
  return net;
}

}  // namespace

TEST_CASE("A model that ends in Sigmoid decides at one half, one that gives logits at zero") {
  Dataset data;
  data.inputs = Matrix<float>{{0, 0, 1, 1}, {0, 1, 0, 1}};
  data.targets = Matrix<float>{{0, 1, 1, 0}};
  CHECK(accuracy(exclusive_or(Identity{}), data) == 1);
  CHECK(accuracy(exclusive_or(Sigmoid{}), data) == 1);
  CHECK(confusion(exclusive_or(Sigmoid{}), data).counts(0, 0) == 2);
  CHECK(label_accuracy(exclusive_or(Sigmoid{}), data) == 1);
  CHECK(exact_match(exclusive_or(Sigmoid{}), data) == 1);
  CHECK(accuracy(exclusive_or(Sigmoid{}), data, {.threshold = 1}) == 0.5);  // nothing is larger
  CHECK(label_accuracy(exclusive_or(Sigmoid{}), data, {.threshold = 0}) == 0.5);
  data.targets.resize(0, 0);
  data.labels = {0, 1, 1, 0};
  CHECK(accuracy(exclusive_or(Sigmoid{}), data) == 1);
}

TEST_CASE("Of several sigmoids the largest is the class, and each is a label") {
  Sequential net(Dense(2, 2), Sigmoid{});
  assign(net, "0.weight", Matrix<float>{{1, 0}, {0, 1}});
  Dataset data;
  data.inputs = Matrix<float>{{3, -1, -2}, {2, -2, 1}};
  data.labels = {0, 0, 1};
  CHECK(accuracy(net, data) == 1);
  data.labels.clear();
  data.targets = Matrix<float>{{1, 0, 0}, {1, 0, 1}};
  CHECK(label_accuracy(net, data) == 1);
  CHECK(exact_match(net, data) == 1);
  CHECK_THROWS_AS(accuracy(net, data), ValueError);
}

TEST_CASE("The accuracy of a regression is refused") {
  Sequential net(Dense(2, 1));
  Dataset data{Matrix<float>::Ones(2, 2), {}, Matrix<float>{{21.5F, 33}}, {}, {}, {}};
  CHECK(message_of([&] { accuracy(net, data); }).find("r2, rmse and mae, found 21.5") != std::string::npos);
}

TEST_CASE("Classes and probabilities are those of the outputs") {
  auto net = sequential<double>(Dense(2, 2, NoBias{}));
  assign(net, "0.weight", Matrix<double>::Identity(2, 2));
  const Matrix<double> x{{1, -1, 3}, {0, 2, 3}};
  CHECK(predict_classes(net, x) == std::vector<int>{0, 1, 0});
  const Matrix<double> p = predict_probabilities(net, x);
  CHECK(p(0, 0) == Approx(std::exp(1.0) / (std::exp(1.0) + 1)));
  CHECK(p(0, 2) == 0.5);
  CHECK((p.colwise().sum().array() - 1).abs().maxCoeff() < 1e-15);

  auto one = sequential<double>(Dense(2, 1, NoBias{}));
  assign(one, "0.weight", Matrix<double>{{1, 0}});
  CHECK(predict_classes(one, x) == std::vector<int>{1, 0, 1});
  CHECK(predict_classes(one, x, {.threshold = 2}) == std::vector<int>{0, 0, 1});
  CHECK(predict_probabilities(one, x)(0, 0) == Approx(1 / (1 + std::exp(-1.0))));

  auto sure = sequential<double>(Dense(2, 1, NoBias{}), Sigmoid{});
  assign(sure, "0.weight", Matrix<double>{{1, 0}});
  CHECK(predict_classes(sure, x) == std::vector<int>{1, 0, 1});
  CHECK(predict_probabilities(sure, x) == sure.predict(x));
}

TEST_CASE("The class of the largest output takes no threshold") {
  const auto net = sequential<double>(Dense(2, 3));
  CHECK(message_of([&] { predict_classes(net, Matrix<double>::Ones(2, 1), {.threshold = 0.3}); }) ==
        "predict_classes: expected a threshold for one output only, as of several the largest decides, found "
        "0.3");
}
