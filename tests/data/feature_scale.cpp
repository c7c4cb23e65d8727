// SPDX-License-Identifier: MIT
#include "espalier/data/feature_scale.hpp"

#include "support.hpp"

using namespace espalier;

TEST_CASE("a scale moves and divides row by row, and back") {
  FeatureScale scale;
  scale.shift = (Vector<double>(2) << 1, 10).finished();
  scale.scale = (Vector<double>(2) << 2, 5).finished();
  const Matrix<float> x = (Matrix<float>(2, 2) << 1, 5, 10, 0).finished();
  CHECK(scale(x) == (Matrix<float>(2, 2) << 0, 2, 0, -2).finished());
  CHECK(scale.inverse(scale(x)) == x);
  CHECK_THROWS_AS(scale(Matrix<float>(3, 1)), ShapeError);
}
