// SPDX-License-Identifier: MIT
#include "espalier/loss/hinge_kr.hpp"

#include "../support.hpp"
#include "loss_test.hpp"

using namespace espalier;
using test::batch, test::check_loss;

namespace {

const std::vector<int> labels{1, 0, 1, 0, 1};

template <Scalar S>
Matrix<S> outputs() {
  return batch<S>(1, {2, -1.5, 0.25, 0.5, -1});
}

}  // namespace

TEMPLATE_TEST_CASE("HingeKR is alpha times the hinge less the difference of the classes' means", "", float,
                   double) {
  // KR = (2 + 1/4 - 1) / 3 - (-3/2 + 1/2) / 2 = 11/12; hinge: (0 + 0 + 3/4 + 3/2 + 2) / 5 = 17/20
  check_loss<TestType>(HingeKR{.alpha = 0, .positive_share = 0.6}, outputs<TestType>(), labels, -11.0 / 12,
                       {-1.0 / 3, 0.5, -1.0 / 3, 0.5, -1.0 / 3});
  check_loss<TestType>(HingeKR{.alpha = 10, .positive_share = 0.6}, outputs<TestType>(), labels,
                       8.5 - 11.0 / 12, {-1.0 / 3, 0.5, -1.0 / 3 - 2, 0.5 + 2, -1.0 / 3 - 2});
  // margin 2: (0 + 1/2 + 7/4 + 5/2 + 3) / 5 = 31/20, and y = 2 is on it
  check_loss<TestType>(HingeKR{.alpha = 1, .margin = 2, .positive_share = 0.6}, outputs<TestType>(), labels,
                       1.55 - 11.0 / 12, {-1.0 / 3, 0.7, -1.0 / 3 - 0.2, 0.7, -1.0 / 3 - 0.2});
}

TEST_CASE(
    "Values -1 and 1 are the labels 0 and 1, and a constant on y leaves KR alone where the share is the "
    "data's") {
  const Matrix<double> y = outputs<double>(), t = batch<double>(1, {1, -1, 1, -1, 1});
  const std::vector<double> weights{1, 2, 0.5, 0, 3};
  const HingeKR loss{.alpha = 3, .positive_share = 0.4};
  Matrix<double> by_labels, by_values;
  CHECK(loss(y, {labels, weights}, by_labels) == loss(y, {t, weights}, by_values));
  CHECK(by_labels == by_values);
  CHECK(by_labels(3) == 0);
  const HingeKR kr{.alpha = 0, .positive_share = 0.6};
  CHECK(kr(Matrix<double>(y.array() + 7), t) == Catch::Approx(kr(y, t)).epsilon(1e-14));
}

TEST_CASE("HingeKR's gradient is its derivative") {
  const std::vector<double> weights{1, 2, 0.5, 0, 3};
  for (const HingeKR loss : {HingeKR{}, HingeKR{.alpha = 0.5, .margin = 3, .positive_share = 0.7}}) {
    test::check_derivative(loss, outputs<double>(), labels);
    test::check_derivative(loss, outputs<double>(), {labels, weights});
  }
}

TEST_CASE("Means of batches add up to the mean of all, also where a batch is of one class") {
  const Matrix<double> y = outputs<double>();
  const std::vector<int> sorted{1, 1, 1, 0, 0};
  const HingeKR loss{.positive_share = 0.6};
  const double first = loss(Matrix<double>(y.leftCols(3)), std::vector<int>{1, 1, 1}),
               second = loss(Matrix<double>(y.rightCols(2)), std::vector<int>{0, 0});
  CHECK(loss(y, sorted) == Catch::Approx((3 * first + 2 * second) / 5).epsilon(1e-14));
}

TEST_CASE("NaN is no small loss") {
  Matrix<float> y = outputs<float>(), gradient;
  y(1) = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(HingeKR{}(y, labels, gradient)));
  CHECK(std::isnan(gradient(1)));
  CHECK(std::isfinite(gradient(0)));
}

TEST_CASE("Options and targets that make no sense are refused, and the gradient is not touched") {
  Matrix<double> gradient = Matrix<double>::Constant(1, 1, 42);
  const auto message = [&](const HingeKR& loss, const Matrix<double>& y, const Target<double>& t) {
    const std::string text = message_of([&] { loss(y, t, gradient); });
    CHECK((gradient.size() == 1 && gradient(0) == 42));
    return text;
  };
  const Matrix<double> y = outputs<double>(), two = batch<double>(2, {1, 2}),
                       half = batch<double>(1, {1, 1, 0.5, 1, 1});
  CHECK(message(HingeKR{.positive_share = 1}, y, labels) ==
        "HingeKR: expected 0 < positive_share < 1, found 1");
  CHECK(message(HingeKR{.margin = 0}, y, labels).starts_with("HingeKR: expected margin > 0"));
  CHECK(message(HingeKR{.alpha = -1}, y, labels).starts_with("HingeKR: expected alpha >= 0"));
  CHECK(message({}, two, std::vector<int>{1}) ==
        "HingeKR: expected one output, which tells two classes apart, found 2");
  CHECK(message({}, y, half) == "HingeKR: expected -1 or 1 for sample 2 (counted from 0), found 0.5");
  CHECK(message({}, y, std::vector<int>{0, 1, 2, 0, 1}) ==
        "HingeKR: expected a label from 0 to 1 for sample 2 (counted from 0), found 2");
}
