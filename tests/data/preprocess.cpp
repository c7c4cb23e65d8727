// SPDX-License-Identifier: MIT
#include "espalier/data/preprocess.hpp"

#include <limits>
#include <vector>

#include "support.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("standardized data have mean 0 and standard deviation 1", "", float, double) {
  Matrix<TestType> x(3, 4);
  x << 1, 2, 3, 6,   //
      -1, -1, 1, 1,  //
      1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3;
  const Standardize scale(x);
  CHECK(scale.shift(0) == 3);
  CHECK(scale.scale(0) == Catch::Approx(std::sqrt(3.5)).epsilon(1e-15));
  CHECK(scale.scale(1) == 1);
  CHECK(scale.shift(2) == 1e6 + 1.5);

  const Matrix<TestType> y = scale(x);
  const double roundoff = 4 * static_cast<double>(std::numeric_limits<TestType>::epsilon());
  for (Index i = 0; i < 3; ++i) {
    CHECK(std::fabs(y.row(i).template cast<double>().mean()) <= roundoff);
    CHECK(std::fabs(y.row(i).template cast<double>().squaredNorm() / 4 - 1) <= roundoff);
  }
}

TEST_CASE("other data are scaled as the data of the fit were") {
  const Standardize scale((Matrix<double>(1, 2) << 2, 6).finished());
  CHECK(scale((Matrix<double>(1, 3) << 4, 8, 0).finished()) == (Matrix<double>(1, 3) << 0, 2, -2).finished());
  const MinMax range((Matrix<double>(1, 2) << 2, 6).finished());
  CHECK(range((Matrix<double>(1, 3) << 2, 6, 8).finished()) ==
        (Matrix<double>(1, 3) << 0, 1, 1.5).finished());
}

TEST_CASE("the inverse gives the values back") {
  const Matrix<double> x = (Matrix<double>(2, 3) << 1, 2, 4, -3, 0.5, 7).finished();
  const Standardize standardize(x);
  const MinMax range(x);
  CHECK(standardize.inverse(standardize(x)).isApprox(x, 1e-15));
  CHECK(range.inverse(range(x)).isApprox(x, 1e-15));
}

TEMPLATE_TEST_CASE("a constant row becomes zeros, and other values keep their distance from it", "", float,
                   double) {
  // The mean of three 0.1 is not 0.1 in floating point: a standard deviation of rounding errors must not be
  // divided by.
  const Matrix<TestType> x = Matrix<TestType>::Constant(1, 3, TestType(0.1));
  const Matrix<TestType> other = Matrix<TestType>::Constant(1, 1, TestType(1.1));
  CHECK(Standardize(x)(x) == Matrix<TestType>::Zero(1, 3));
  CHECK(MinMax(x)(x) == Matrix<TestType>::Zero(1, 3));
  CHECK(Standardize(x)(other)(0) == Catch::Approx(1));
  CHECK(MinMax(x)(other)(0) == Catch::Approx(1));
}

TEST_CASE("float data are summed in double") {
  Matrix<float> x = Matrix<float>::Constant(1, 300000, 0.1f);
  x(0) = 1000;
  const double mean = (1000 + 299999 * static_cast<double>(0.1f)) / 300000;
  CHECK(Standardize(x).shift(0) == Catch::Approx(mean).epsilon(1e-9));
}

TEST_CASE("a fit to no data, to nan or to infinity is refused") {
  CHECK_THROWS_AS(Standardize(Matrix<float>(2, 0)), ShapeError);
  CHECK_THROWS_AS(Standardize(Matrix<float>(0, 2)), ShapeError);
  CHECK_THROWS_AS(MinMax(Matrix<float>(2, 0)), ShapeError);
  CHECK_THROWS_AS(MinMax(Matrix<float>(0, 2)), ShapeError);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    for (Index at = 0; at < 3; ++at) {
      Matrix<float> x = Matrix<float>::Zero(2, 3);
      x(1, at) = bad;
      CHECK_THROWS_AS(Standardize(x), ValueError);
      CHECK_THROWS_AS(MinMax(x), ValueError);
      CHECK(message_of([&] { Standardize{x}; }).find("Standardize, row 1: expected finite numbers") == 0);
    }
}

TEST_CASE("a spread that overflows is refused") {
  const Matrix<double> x = (Matrix<double>(1, 2) << -1e308, 1e308).finished();
  CHECK_THROWS_AS(Standardize(x), ValueError);
  CHECK_THROWS_AS(MinMax(x), ValueError);
}

TEST_CASE("data with another number of rows are refused") {
  const Standardize scale((Matrix<float>(1, 2) << 2, 6).finished());
  CHECK_THROWS_AS(scale(Matrix<float>(2, 2)), ShapeError);
  CHECK_THROWS_AS(scale.inverse(Matrix<float>(2, 2)), ShapeError);
}

TEST_CASE("one_hot has a single 1 at each label") {
  const std::vector<int> labels{2, 0, 2};
  CHECK(one_hot(labels, 3) == (Matrix<float>(3, 3) << 0, 1, 0, 0, 0, 0, 1, 0, 1).finished());
  CHECK(one_hot<double>(labels, 4).rows() == 4);
  CHECK(one_hot(std::vector<int>{}, 3).cols() == 0);
}

TEST_CASE("one_hot refuses a label outside the classes") {
  CHECK_THROWS_AS(one_hot(std::vector<int>{0, 3}, 3), ValueError);
  CHECK(message_of([] {
          one_hot(std::vector<int>{0, -1}, 3);
        }) == "one_hot, labels[1]: expected a class from 0 to 2, found -1");
  for (const Index classes : {-1, 0}) CHECK_THROWS_AS(one_hot(std::vector<int>{}, classes), ValueError);
}
