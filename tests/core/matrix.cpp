// SPDX-License-Identifier: MIT
#include "espalier/core/matrix.hpp"

#include "catch.hpp"

using namespace espalier;

TEST_CASE("a sample is contiguous in a batch, a neuron's incoming weights in a weight") {
  Matrix<float> batch(3, 2);
  batch << 1, 4, 2, 5, 3, 6;
  WeightMatrix<float> weight(2, 3);
  weight << 1, 2, 3, 4, 5, 6;
  for (Index i = 0; i < 6; ++i) {
    CHECK(batch.data()[i] == static_cast<float>(i + 1));
    CHECK(weight.data()[i] == static_cast<float>(i + 1));
  }
}

TEST_CASE("consecutive samples are a batch without a copy") {
  const Matrix<double> batch = Matrix<double>::Ones(3, 5);
  const ConstBatch<double> middle = batch.middleCols(1, 2);
  CHECK(middle.data() == batch.data() + 3);
  CHECK(middle.cols() == 2);
}

static_assert(Scalar<float> && Scalar<double>);
static_assert(!Scalar<long double> && !Scalar<int> && !Scalar<const float>);
