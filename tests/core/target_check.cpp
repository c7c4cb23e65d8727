// SPDX-License-Identifier: MIT
#include "espalier/core/target_check.hpp"

#include "support.hpp"

using namespace espalier;

TEST_CASE("outputs and a target must have the same samples, at least one") {
  const Matrix<float> y = Matrix<float>::Zero(2, 3), none(2, 0), flat(0, 3);
  const std::vector<int> three{0, 1, 0}, two{0, 1};
  auto message = [](const Matrix<float>& outputs, const std::vector<int>& labels) {
    CHECK_THROWS_AS(detail::check_samples<float>("here", outputs, labels), ShapeError);
    return message_of([&] { detail::check_samples<float>("here", outputs, labels); });
  };
  CHECK_NOTHROW(detail::check_samples<float>("here", y, three));
  CHECK(message(y, two) == "here: expected targets for 3 samples, found 2");
  CHECK(message(none, {}) == "here: expected outputs of at least 1 x 1 (outputs x samples), found 2 x 0");
  CHECK(message(flat, three) == "here: expected outputs of at least 1 x 1 (outputs x samples), found 0 x 3");
}

TEST_CASE("where values are needed there must be one for each output") {
  const Matrix<float> y = Matrix<float>::Zero(2, 3), narrow = Matrix<float>::Zero(1, 3);
  const std::vector<int> labels{0, 1, 0};
  auto message = [&](const Target<float>& t) {
    return message_of([&] { detail::check_values<float>("here", y, t, "numbers"); });
  };
  CHECK_NOTHROW(detail::check_values<float>("here", y, y));
  CHECK(message(narrow) == "here: expected numbers of 2 x 3 as targets, found 1 x 3");
  CHECK(message(labels) == "here: expected numbers as targets, found class labels");
  CHECK_THROWS_AS(detail::check_values<float>("here", y, narrow), ShapeError);
  CHECK_THROWS_AS(detail::check_values<float>("here", y, labels), ValueError);
}

TEST_CASE("values the wrong way round, and labels where values belong, are told") {
  const Matrix<float> y = Matrix<float>::Zero(2, 3), turned = Matrix<float>::Zero(3, 2);
  const std::vector<int> labels{0, 1, 0};
  CHECK(message_of([&] { detail::check_values<float>("here", y, turned); }) ==
        "here: expected targets for 3 samples (a sample is a column: transpose it), found 2");
  CHECK(message_of([&] { detail::check_values<float>("here", y, labels); }) ==
        "here: expected values as targets (read_csv: .target, as .label makes classes), found class labels");
}

TEST_CASE("labels must be among the classes") {
  const std::vector<int> labels{0, 2, 1}, negative{0, -1};
  CHECK_NOTHROW(detail::check_labels("here", labels, 3));
  CHECK(message_of([&] { detail::check_labels("here", labels, 2); }) ==
        "here: expected a label from 0 to 1 for sample 1 (counted from 0), found 2");
  CHECK(message_of([&] { detail::check_labels("here", negative, 2); }) ==
        "here: expected a label from 0 to 1 for sample 1 (counted from 0), found -1");
  CHECK_THROWS_AS(detail::check_labels("here", labels, 2), ValueError);
}
