// SPDX-License-Identifier: MIT
#include "espalier/core/precision.hpp"

#include "../catch.hpp"
#include "espalier/core/matrix.hpp"

using namespace espalier;

TEST_CASE("A matrix of another precision is told from one of the model's and from what is no matrix") {
  STATIC_REQUIRE(detail::OfOtherPrecision<Matrix<double>, float>);
  STATIC_REQUIRE(detail::OfOtherPrecision<Eigen::Map<const WeightMatrix<float>>, double>);
  STATIC_REQUIRE(!detail::OfOtherPrecision<Matrix<float>, float>);
  STATIC_REQUIRE(!detail::OfOtherPrecision<int, float>);
  STATIC_REQUIRE(detail::PrecisionOf<float, float>::fits);  // others do not compile: tests/compile_fail
}
