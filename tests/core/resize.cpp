// SPDX-License-Identifier: MIT
#include "espalier/core/resize.hpp"

#include "catch.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("A matrix gets other extents, and keeps its memory where they hold as many numbers", "",
                   float, double) {
  Matrix<TestType> m(2, 3);
  const TestType* const numbers = m.data();
  detail::resize(m, 3, 2);
  CHECK(m.rows() == 3);
  CHECK(m.cols() == 2);
  CHECK(m.data() == numbers);
  detail::resize(m, 4, 5);
  CHECK(m.rows() == 4);
  CHECK(m.cols() == 5);
  detail::resize(m, 0, 5);
  CHECK(m.size() == 0);
  CHECK(m.cols() == 5);
}
