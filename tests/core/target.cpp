// SPDX-License-Identifier: MIT
#include "espalier/core/target.hpp"

#include "support.hpp"

using namespace espalier;

TEST_CASE("labels and values become targets without a copy") {
  const std::vector<int> labels{2, 0, 1};
  const Target<float> classes = labels;
  CHECK(classes.has_labels());
  CHECK(classes.samples() == 3);
  CHECK(classes.labels().data() == labels.data());
  CHECK(classes.weights().empty());

  Matrix<float> y(2, 3);
  y << 1, 2, 3, 4, 5, 6;
  const Target<float> values = y;
  CHECK_FALSE(values.has_labels());
  CHECK(values.samples() == 3);
  CHECK(values.values().rows() == 2);
  CHECK(values.values().data() == y.data());
  CHECK(values.labels().empty());
}

TEST_CASE("values of no outputs are not taken for labels") {
  const Matrix<float> none(0, 5);
  const Target<float> values = none;
  CHECK_FALSE(values.has_labels());
  CHECK(values.samples() == 5);
  CHECK(values.values().rows() == 0);
  CHECK(Target<float>(std::vector<int>{}).has_labels());
}

TEST_CASE("a target has a weight for every sample or none") {
  const std::vector<int> labels{2, 0, 1};
  const std::vector<double> three{1, 2, 3}, two{1, 2};
  const Matrix<double> y = Matrix<double>::Zero(2, 3);
  CHECK(Target<double>(labels, three).weights().data() == three.data());
  CHECK(Target<double>(y, three).weights().size() == 3);
  CHECK_THROWS_AS(Target<double>(labels, two), ShapeError);
  CHECK_THROWS_AS(Target<double>(y, two), ShapeError);
  CHECK(message_of([&] { Target<double>(y, two); }) ==
        "target: expected a weight for each of 3 samples, found 2 weights");
}
