// SPDX-License-Identifier: MIT
#include "espalier/data/standardize.hpp"

#include "espalier/data/csv.hpp"
#include "support.hpp"

using namespace espalier;

TEST_CASE("training data get mean 0 and deviation 1, others the same shift and scale") {
  Dataset train, test;
  train.inputs = (Matrix<float>(2, 4) << 1, 3, 1, 3, 5, 5, 5, 5).finished();
  train.targets = (Matrix<float>(1, 4) << 10, 30, 10, 30).finished();
  test.inputs = (Matrix<float>(2, 1) << 4, 6).finished();
  standardize(train, test);
  CHECK(train.inputs == (Matrix<float>(2, 4) << -1, 1, -1, 1, 0, 0, 0, 0).finished());
  CHECK(train.targets == (Matrix<float>(1, 4) << -1, 1, -1, 1).finished());
  CHECK(test.inputs == (Matrix<float>(2, 1) << 2, 1).finished());
  REQUIRE(test.preparation);
  CHECK(test.preparation->targets.inverse(Matrix<float>(Matrix<float>::Constant(1, 1, 2)))(0, 0) == 40);
  CHECK(test.preparation->encode(Matrix<float>((Matrix<float>(2, 1) << 4, 6).finished())) == test.inputs);
}

TEST_CASE("features of 0 and 1 that stand for a text stay so") {
  Dataset train = parse_csv("a,b\n1,x\n3,y\n1,x\n3,x\n", {.text = Text::one_hot});
  standardize(train);
  CHECK(train.inputs == (Matrix<float>(2, 4) << -1, 1, -1, 1, 0, 1, 0, 0).finished());
  CHECK(parse_csv("a,b\n5,y\n", train.preparation).inputs == (Matrix<float>(2, 1) << 3, 1).finished());
}

TEST_CASE("data that have a scale already, or other features, are refused unchanged") {
  Dataset train = parse_csv("1\n3\n"), other = parse_csv("5,2\n3,9\n");
  CHECK_THROWS_AS(standardize(train, other), ShapeError);
  CHECK(train.inputs == (Matrix<float>(1, 2) << 1, 3).finished());
  standardize(train);
  CHECK(message_of([&] { standardize(train); }) ==
        "standardize: expected data without a scale, found data that have one");
  CHECK(train.inputs == (Matrix<float>(1, 2) << -1, 1).finished());
}
