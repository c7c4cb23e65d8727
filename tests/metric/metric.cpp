// SPDX-License-Identifier: MIT
#include "espalier/metric/metric.hpp"

#include <limits>

#include "support.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("accuracy is the share of right classes", "", float, double) {
  Matrix<TestType> y(3, 4);
  y << 1, 0, 2, -5,  //
      3, 0, 2, -4,   //
      2, 0, 1, -3;
  CHECK(accuracy(y, std::vector<int>{1, 1, 0, 2}) == 0.75);
  CHECK(accuracy(y, std::vector<int>{1, 0, 0, 2}) == 1);
  Matrix<TestType> one_hot = Matrix<TestType>::Zero(3, 4);
  one_hot(1, 0) = one_hot(1, 1) = one_hot(0, 2) = one_hot(2, 3) = 1;
  CHECK(accuracy(y, one_hot) == 0.75);
}

TEST_CASE("a single output is a logit, with the threshold 0") {
  Matrix<float> y(1, 4), t(1, 4);
  y << 0.1f, -0.1f, 0, 3;
  t << 1, 1, 0, 0;
  CHECK(accuracy(y, std::vector<int>{1, 0, 0, 1}) == 1);
  CHECK(accuracy(y, t) == 0.5);
}

TEST_CASE("metrics take expressions, and do not look at weights") {
  const Matrix<double> y = Matrix<double>::Constant(2, 3, 3), t = Matrix<double>::Ones(2, 3);
  const std::vector<double> weights{1, 0, 0};
  CHECK(rmse(y - t, t) == 1);
  CHECK(mae(y.leftCols(2), Matrix<double>(t.leftCols(2))) == 2);
  CHECK(accuracy(y, {std::vector<int>{1, 0, 1}, weights}) == Catch::Approx(1.0 / 3));
}

TEMPLATE_TEST_CASE("rmse, mae and r2 by hand", "", float, double) {
  Matrix<TestType> y(2, 4), t(2, 4);
  y << 1, 2, 3, 4, 0, 0, 2, 2;
  t << 1, 3, 3, 5, 0, 1, 2, 5;
  // errors 0 1 0 1 and 0 1 0 3; about their means 3 and 2 the targets have the squares 8 and 14
  CHECK(rmse(y, t) == Catch::Approx(std::sqrt(12.0 / 8)).epsilon(1e-15));
  CHECK(mae(y, t) == 6.0 / 8);
  CHECK(r2(y, t) == Catch::Approx((1 - 2.0 / 8 + 1 - 10.0 / 14) / 2).epsilon(1e-15));
}

TEST_CASE("r2 is 1 for perfect, 0 for the mean and negative for worse outputs") {
  Matrix<double> t(1, 3);
  t << 1, 2, 6;
  CHECK(r2(t, t) == 1);
  CHECK(r2(Matrix<double>(Matrix<double>::Constant(1, 3, 3)), t) == 0);
  CHECK(r2(-t, t) < 0);
}

TEST_CASE("r2 of constant targets is 1 if all are met, else 0") {
  // The mean of ten times 0.1 is not 0.1.
  Matrix<double> t = Matrix<double>::Constant(1, 10, 0.1), y = t;
  CHECK(r2(y, t) == 1);
  y(3) = 0.2;
  CHECK(r2(y, t) == 0);
  CHECK(r2(y.leftCols(1), Matrix<double>(t.leftCols(1))) == 1);
  const Matrix<double> zero = Matrix<double>::Zero(1, 3);
  CHECK(r2(zero, zero) == 1);
  CHECK(r2(Matrix<double>{{0, 0, 1e-200}}, zero) == 0);
}

TEST_CASE("metrics refuse what they cannot compare") {
  Matrix<float> y = Matrix<float>::Zero(2, 3);
  const Matrix<float> narrow = Matrix<float>::Zero(1, 3), none(2, 0);
  const std::vector<int> labels{0, 1, 0};
  CHECK(message_of([&] { rmse(y, labels); }) ==
        "rmse: expected values as targets (read_csv: .target, as .label makes classes), found class labels");
  CHECK(message_of([&] { mae(y, narrow); }) == "mae: expected values of 2 x 3 as targets, found 1 x 3");
  CHECK(message_of([&] { r2(none, none); }) ==
        "r2: expected outputs of at least 1 x 1 (outputs x samples), found 2 x 0");
  CHECK(message_of([&] {
          accuracy(y, std::vector<int>{0, 1, 2});
        }) == "accuracy: expected a label from 0 to 1 for sample 2 (counted from 0), found 2");
  y(1, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK(message_of([&] { accuracy(y, labels); }) ==
        "accuracy: expected numbers for sample 1 (counted from 0), found nan");
}

TEST_CASE("The unit of targets does not matter to r2, rmse and mae") {
  Matrix<double> t(1, 4), y(1, 4);
  t << 1, 2, 6, 3;
  y << 1.5, 2, 5, 3.5;
  // About the mean 3 the targets have the squares 4 + 1 + 9 + 0; the errors are 0.5, 0, 1, 0.5.
  for (const double unit : {1.0, 0x1p-700, 0x1p700, 1e-200, 1e200, 1e-307, 2e307}) {
    CAPTURE(unit);
    CHECK(r2(unit * y, Matrix<double>(unit * t)) == Catch::Approx(1 - 1.5 / 14).epsilon(1e-14));
    CHECK(rmse(unit * y, Matrix<double>(unit * t)) / unit ==
          Catch::Approx(std::sqrt(1.5 / 4)).epsilon(1e-14));
    CHECK(mae(unit * y, Matrix<double>(unit * t)) / unit == Catch::Approx(0.5).epsilon(1e-14));
  }
  // What no number can say: 1 - 2e340.
  const Matrix<double> close{{0, 1e-170}};
  CHECK(r2(close, close) == 1);
  CHECK(r2(Matrix<double>{{0, 1}}, close) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("What is not finite stays so in errors") {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  const Matrix<double> t = Matrix<double>::Ones(1, 3);
  for (const double value : {nan, inf}) {
    const Matrix<double> y{{1, value, 1}};
    CHECK_FALSE(std::isfinite(rmse(y, t)));
    CHECK_FALSE(std::isfinite(mae(y, t)));
    CHECK(r2(y, t) == 0);
  }
}

TEST_CASE("Several labels a sample are counted one by one, or as a whole") {
  Matrix<double> y(3, 3), t(3, 3);
  y << 1, -1, 2,  // a column is a sample
      2, -2, -1,  //
      3, -3, 4;
  t << 1, 0, 1,  //
      1, 0, 1,   //
      1, 1, 1;
  CHECK(label_accuracy(y.leftCols(1), Matrix<double>(t.leftCols(1))) == 1);  // three of three
  CHECK(exact_match(y.leftCols(1), Matrix<double>(t.leftCols(1))) == 1);
  CHECK(label_accuracy(y, t) == 7.0 / 9);
  CHECK(exact_match(y, t) == 1.0 / 3);
  CHECK(label_accuracy(y, t, {.threshold = 1.5}) == 6.0 / 9);
  CHECK(exact_match(y, t, {.threshold = -2}) == 2.0 / 3);
  CHECK(label_accuracy(y.topRows(1), Matrix<double>(t.topRows(1))) ==
        accuracy(y.topRows(1), Matrix<double>(t.topRows(1))));
}

TEST_CASE("Labels that are no labels are refused") {
  Matrix<double> y = Matrix<double>::Zero(2, 2), t = Matrix<double>::Ones(2, 2);
  CHECK(message_of([&] {
          label_accuracy(y, std::vector<int>{0, 1});
        }) ==
        "label_accuracy: expected values from 0 to 1, one for each label, as targets, found class labels");
  CHECK(message_of([&] { exact_match(y, t, {.threshold = std::nan("")}); }) ==
        "exact_match: expected a finite threshold, found nan");
  y(1, 1) = std::nan("");
  CHECK(message_of([&] { label_accuracy(y, t); }) ==
        "label_accuracy: expected numbers for sample 1 (counted from 0), found nan");
  t(0, 1) = 3;
  CHECK_THROWS_AS(exact_match(y, t), ValueError);
}
