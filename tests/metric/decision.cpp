// SPDX-License-Identifier: MIT
#include "espalier/metric/decision.hpp"

#include "espalier/metric/metric.hpp"
#include "support.hpp"

using namespace espalier;

TEST_CASE("One output says yes above the threshold, which may be set") {
  const Matrix<double> y{{0.2, 0.4, 0.6, 0.8}}, t{{0, 0, 1, 1}};
  CHECK(accuracy(y, t) == 0.5);  // as logits all say yes
  CHECK(accuracy(y, t, {.threshold = 0.5}) == 1);
  CHECK(accuracy(y, t, {.threshold = 0.7}) == 0.75);
  CHECK(accuracy(y, t, {.threshold = 0.6}) == 0.75);  // at it: no
  CHECK(confusion(y, t, {.threshold = 0.7}).counts(1, 0) == 1);
}

TEST_CASE("A threshold that decides nothing is refused") {
  const Matrix<float> y = Matrix<float>::Zero(3, 2);
  const std::vector<int> labels{0, 2};
  CHECK(message_of([&] { accuracy(y, labels, {.threshold = 0.5}); }) ==
        "accuracy: expected a threshold for one output only, as of several the largest decides, found 0.5");
  CHECK(message_of([&] { confusion(y, labels, {.threshold = std::nan("")}); }) ==
        "confusion: expected a finite threshold, found nan");
}

TEST_CASE("Targets that are no classes are refused, and the message names the metric for them") {
  const Matrix<double> one = Matrix<double>::Zero(1, 2), three = Matrix<double>::Zero(3, 2);
  CHECK(message_of([&] {
          accuracy(one, Matrix<double>{{1, 23.5}});
        }) ==
        "accuracy: expected classes: a label or values from 0 to 1 for sample 1 (counted from 0); other "
        "numbers have r2, rmse and mae, found 23.5");
  CHECK_THROWS_AS(confusion(one, Matrix<double>{{1, -1}}), ValueError);
  CHECK_THROWS_AS(accuracy(one, Matrix<double>{{std::nan(""), 1}}), ValueError);
  const Matrix<double> several{{1, 1}, {0, 1}, {0, 1}}, none{{1, 0}, {0, 0}, {0, 0}};
  CHECK(message_of([&] { accuracy(three, several); }) ==
        "accuracy: expected one class a sample: values with the sum 1 for sample 1 (counted from 0); several "
        "labels a sample have label_accuracy and exact_match, found 3");
  CHECK_THROWS_AS(accuracy(three, none), ValueError);
}
