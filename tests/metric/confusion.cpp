// SPDX-License-Identifier: MIT
#include "espalier/metric/confusion.hpp"

#include <limits>

#include "support.hpp"

using namespace espalier;

TEST_CASE("rates follow from the counts") {
  // actual 0: 3 right, 1 taken for 1; actual 1: 2 right, 2 taken for 0; actual 2: 1 taken for 0; 3 never
  // occurs
  ConfusionMatrix m(4);
  auto add = [&](Index actual, Index predicted, int times) {
    for (int k = 0; k < times; ++k) m.add(actual, predicted);
  };
  add(0, 0, 3), add(0, 1, 1), add(1, 1, 2), add(1, 0, 2), add(2, 0, 1);
  CHECK(m.classes() == 4);
  CHECK(m.total() == 9);
  CHECK(m.counts(0, 1) == 1);
  CHECK(m.counts(1, 0) == 2);
  CHECK(m.accuracy() == 5.0 / 9);
  CHECK(m.precision(0) == 3.0 / 6);
  CHECK(m.precision(1) == 2.0 / 3);
  CHECK(m.recall(0) == 3.0 / 4);
  CHECK(m.recall(1) == 2.0 / 4);
  CHECK(m.f1(0) == 6.0 / 10);
  CHECK(m.f1(1) == 4.0 / 7);

  SECTION("undefined rates are 0") {
    CHECK(m.precision(2) == 0);
    CHECK(m.recall(2) == 0);
    CHECK(m.f1(2) == 0);
    CHECK(m.recall(3) == 0);
    CHECK(m.f1(3) == 0);
    CHECK(ConfusionMatrix(2).accuracy() == 0);
    CHECK(ConfusionMatrix(2).macro_f1() == 0);
  }
  SECTION("macro rates leave out classes that never occurred and never were predicted") {
    CHECK(m.macro_precision() == Catch::Approx((3.0 / 6 + 2.0 / 3 + 0) / 3).epsilon(1e-15));
    CHECK(m.macro_recall() == Catch::Approx((3.0 / 4 + 2.0 / 4 + 0) / 3).epsilon(1e-15));
    CHECK(m.macro_f1() == Catch::Approx((6.0 / 10 + 4.0 / 7 + 0) / 3).epsilon(1e-15));
  }
  SECTION("it is a value") {
    ConfusionMatrix copy = m;
    CHECK(copy == m);
    copy.add(3, 3);
    CHECK(copy != m);
    CHECK(m.total() == 9);
    CHECK(ConfusionMatrix(2) != ConfusionMatrix(3));
  }
}

TEST_CASE("a confusion matrix refuses classes it does not have") {
  ConfusionMatrix m(3);
  CHECK(message_of([&] { m.add(0, 3); }) == "ConfusionMatrix: expected a class from 0 to 2, found 3");
  CHECK(message_of([&] { m.add(-1, 0); }) == "ConfusionMatrix: expected a class from 0 to 2, found -1");
  CHECK(message_of([&] { m.recall(5); }) == "ConfusionMatrix: expected a class from 0 to 2, found 5");
  CHECK(m.total() == 0);
  CHECK(message_of([&] { ConfusionMatrix(1); }) == "ConfusionMatrix: expected at least 2 classes, found 1");
}

TEST_CASE("the predicted class is the first largest output") {
  Matrix<float> y(3, 4);
  y << 1, 0, 2, -5,  //
      3, 0, 2, -4,   //
      2, 0, 1, -3;
  const std::vector<int> labels{1, 1, 0, 0};
  ConfusionMatrix expected(3);
  expected.add(1, 1), expected.add(1, 0), expected.add(0, 0), expected.add(0, 2);
  CHECK(confusion(y, labels) == expected);
  CHECK(confusion(Eigen::Map<const Eigen::Matrix<float, 3, Dynamic>>(y.data(), 3, 4), labels) == expected);

  SECTION("of values the largest counts") {
    Matrix<float> t(3, 4);
    t << 0, 0.2f, 1, 0.9f,  //
        1, 0.5f, 0, 0.1f,   //
        0, 0.3f, 0, 0;
    CHECK(confusion(y, t) == expected);
  }
}

TEST_CASE("a single output is a logit for class 1") {
  Matrix<double> y(1, 4), t(1, 4);
  y << 0.1, -0.1, 0, 3;
  t << 1, 0, 0.5, 0.2;
  const std::vector<int> labels{1, 0, 0, 0};
  ConfusionMatrix expected(2);
  expected.add(1, 1), expected.add(0, 0), expected.add(0, 0), expected.add(0, 1);
  CHECK(confusion(y, labels) == expected);
  CHECK(confusion(y, t) == expected);
}

TEST_CASE("outputs and targets without a class are refused") {
  Matrix<double> y = Matrix<double>::Zero(3, 2);
  const std::vector<int> labels{0, 1}, bad{0, 3}, two{2, 0};
  auto message = [](const Matrix<double>& outputs, const Target<double>& t) {
    return message_of([&] { confusion(outputs, t); });
  };
  CHECK(message(y, bad) == "confusion: expected a label from 0 to 2 for sample 1 (counted from 0), found 3");
  CHECK(message(y.topRows(1), two) ==
        "confusion: expected a label from 0 to 1 for sample 0 (counted from 0), found 2");
  CHECK(message(y, std::vector<int>{0}) == "confusion: expected targets for 2 samples, found 1");
  CHECK(message(Matrix<double>(3, 0), std::vector<int>{}) ==
        "confusion: expected outputs of at least 1 x 1 (outputs x samples), found 3 x 0");
  const Matrix<double> narrow = Matrix<double>::Zero(2, 2);
  CHECK(message(y, narrow) == "confusion: expected labels, or values of 3 x 2 as targets, found 2 x 2");
  y(2, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK(message(y, labels) == "confusion: expected numbers for sample 1 (counted from 0), found nan");
}

TEST_CASE("a confusion matrix prints as a table") {
  ConfusionMatrix m(3);
  for (int k = 0; k < 12; ++k) m.add(0, 0);
  m.add(1, 2), m.add(2, 0);
  CHECK(fmt::format("{}", m) ==
        "actual \\ predicted   0   1   2\n"
        "                 0  12   0   0\n"
        "                 1   0   0   1\n"
        "                 2   1   0   0\n");
}
