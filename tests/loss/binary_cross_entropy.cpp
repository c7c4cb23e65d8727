// SPDX-License-Identifier: MIT
#include "espalier/loss/binary_cross_entropy.hpp"

#include "loss_test.hpp"
#include "support.hpp"

using namespace espalier;
using test::batch, test::check_loss;

namespace {

template <Scalar S>
struct Two {
  Matrix<S> y = batch<S>(2, {0.5, -1, 2, 0.25, -3, 1.5});
  Matrix<S> t = batch<S>(2, {1, 0, 0.25, 1, 0, 0.75});
};

}  // namespace

TEMPLATE_TEST_CASE("BinaryCrossEntropy is PyTorch's", "", float, double) {
  // y = torch.tensor([[.5, -1], [2, .25], [-3, 1.5]]); t = torch.tensor([[1, 0], [.25, 1], [0, .75]])
  // F.binary_cross_entropy_with_logits(y, t, pos_weight=None or torch.tensor([3])), in double
  const Two<TestType> d;
  check_loss<TestType>(BinaryCrossEntropy{}, d.y, d.t, 0.6025344553627733,
                       {-0.0629234447996909, 0.04482357022833252, 0.10513284632964705, -0.07297058318570032,
                        0.00790431219626113, 0.011262412698940608});
  check_loss<TestType>(BinaryCrossEntropy{.positive_weight = 3}, d.y, d.t, 1.0134705771316928,
                       {-0.18877033439907268, 0.04482357022833252, 0.09519926949447059, -0.218911749557101,
                        0.00790431219626113, -0.034343968252648516});
}

TEST_CASE("labels of a single output are its values 0 and 1") {
  const Matrix<double> y = batch<double>(1, {0.5, -2, 3}), t = batch<double>(1, {1, 1, 0});
  const std::vector<int> labels{1, 1, 0};
  const std::vector<double> weights{1, 2, 0.5};
  Matrix<double> by_labels, by_values;
  const BinaryCrossEntropy loss{.positive_weight = 2};
  CHECK(loss(y, {labels, weights}, by_labels) == loss(y, {t, weights}, by_values));
  CHECK(by_labels == by_values);
}

TEST_CASE("BinaryCrossEntropy's gradient is its derivative") {
  const Two<double> d;
  const std::vector<double> weights{2, 0, 0.5};
  for (const BinaryCrossEntropy loss : {BinaryCrossEntropy{}, BinaryCrossEntropy{.positive_weight = 3}}) {
    test::check_derivative(loss, d.y, d.t);
    test::check_derivative(loss, d.y, {d.t, weights});
    test::check_derivative(loss, d.y.topRows(1), std::vector<int>{1, 0, 1});
  }
}

TEMPLATE_TEST_CASE("extreme logits give the exact limits, small losses keep their digits", "", float,
                   double) {
  const Matrix<TestType> y = batch<TestType>(4, {1e4, 1e4, -1e4, -1e4}), t = batch<TestType>(4, {1, 0, 1, 0});
  check_loss<TestType>(BinaryCrossEntropy{}, y, t, 5e3, {0, 0.25, -0.25, 0});
  const Matrix<TestType> sure = Matrix<TestType>::Constant(1, 1, 30);
  Matrix<TestType> gradient;
  CHECK(BinaryCrossEntropy{}(sure, std::vector<int>{1}, gradient) ==
        Catch::Approx(std::log1p(std::exp(-30))).epsilon(test::tolerance<TestType>));
  CHECK(static_cast<double>(gradient(0)) ==
        Catch::Approx(-1 / (1 + std::exp(30))).epsilon(test::tolerance<TestType>));
}

TEST_CASE("targets that BinaryCrossEntropy cannot use are refused") {
  const Two<double> d;
  Matrix<double> gradient = Matrix<double>::Constant(1, 1, 42);
  auto message = [&](const Matrix<double>& y, const Target<double>& t) {
    const std::string text = message_of([&] { BinaryCrossEntropy{}(y, t, gradient); });
    REQUIRE(gradient.size() == 1);
    CHECK(gradient(0) == 42);
    return text;
  };
  Matrix<double> t = d.t;
  t(1, 2) = 1.5;
  CHECK(message(d.y, t) ==
        "BinaryCrossEntropy: expected a value from 0 to 1 for output 1 of sample 2 (counted from 0), found "
        "1.5");
  t(1, 2) = std::numeric_limits<double>::quiet_NaN();
  CHECK(message(d.y, t) ==
        "BinaryCrossEntropy: expected a value from 0 to 1 for output 1 of sample 2 (counted from 0), found "
        "nan");
  CHECK(message(d.y, std::vector<int>{0, 1, 0}) ==
        "BinaryCrossEntropy: expected one output for class labels (CrossEntropy takes one for each class), "
        "found 2 outputs");
  const Matrix<double> one = d.y.topRows(1);
  CHECK(message(one, std::vector<int>{0, 1, 2}) ==
        "BinaryCrossEntropy: expected a label from 0 to 1 for sample 2 (counted from 0), found 2");
  CHECK(message(one, d.t) ==
        "BinaryCrossEntropy: expected labels or values from 0 to 1 of 1 x 3 as targets, found 2 x 3");
  CHECK(message(d.y, std::vector<int>{0, 1}) ==
        "BinaryCrossEntropy: expected targets for 3 samples, found 2");
}

TEST_CASE("a positive_weight that is not a positive number is refused") {
  const Two<double> d;
  CHECK(message_of([&] { BinaryCrossEntropy{.positive_weight = 0}(d.y, d.t); }) ==
        "BinaryCrossEntropy: expected positive_weight > 0 and finite, also as a float, found 0");
  CHECK_THROWS_AS(BinaryCrossEntropy{.positive_weight = -1}.validate(), ValueError);
  CHECK_THROWS_AS(BinaryCrossEntropy{.positive_weight = 1e39}.validate(), ValueError);
}

TEST_CASE("a logit whose loss no float can hold has the loss as a double") {
  const double logit = static_cast<double>(2e38F);
  const Matrix<float> y = batch<float>(1, {-2e38, 1}), t = batch<float>(1, {1, 0});
  Matrix<float> gradient;
  const BinaryCrossEntropy loss{.positive_weight = 2};
  CHECK(loss(Matrix<float>(y.leftCols(1)), std::vector<int>{1}, gradient) == 2 * logit);
  CHECK(gradient(0) == -2);
  CHECK(loss(y, t) == 2 * logit / 2);
}
