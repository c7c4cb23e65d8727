// SPDX-License-Identifier: MIT
#include "espalier/core/pattern.hpp"

#include "support.hpp"

using namespace espalier;

TEST_CASE("A vector has a number for each input, a matrix one for each weight") {
  const Pattern inputs{1, 0, -2};
  CHECK(inputs({0, 2}) == -2);
  CHECK(inputs({7, 2}) == -2);
  CHECK(inputs == Pattern(std::vector<int>{1, 0, -2}));
  CHECK(inputs == Pattern(Eigen::RowVector3f(1, 0, -2)));
  CHECK(inputs == Pattern(Vector<double>(Eigen::Vector3d(1, 0, -2))));
  Matrix<float> all(2, 3);
  all << 1, 2, 3, 4, 5, 6;
  const Pattern matrix(all);
  CHECK(matrix({0, 2}) == 3);
  CHECK(matrix({1, 0}) == 4);
  CHECK(matrix == Pattern(WeightMatrix<double>(all.cast<double>())));
  CHECK_FALSE(matrix == Pattern(2 * all));
}

TEST_CASE("A pattern of another shape is refused in one sentence") {
  const Matrix<float> all = Matrix<float>::Ones(2, 3);
  Pattern{1, 0, 1}.check_shape("here", "Mask", 5, 3);
  Pattern(all).check_shape("here", "Mask", 2, 3);
  CHECK(message_of([&] { Pattern(all).check_shape("0.weight", "Mask", 3, 2); }) ==
        "0.weight: expected a Mask of 3 x 2 numbers, or of 2, one for each input, found one of 2 x 3");
  CHECK(message_of([&] {
          Pattern{1, 0}.check_shape("0.weight", "Frozen", 2, 3);
        }) == "0.weight: expected a Frozen of 2 x 3 numbers, or of 3, one for each input, found one of 2");
  CHECK_THROWS_AS(Pattern().check_shape("0.weight", "Mask", 2, 3), ShapeError);
  CHECK_THROWS_AS(Pattern(Matrix<float>(Matrix<float>::Ones(1, 3))).check_shape("here", "Mask", 2, 3),
                  ShapeError);
}
