// SPDX-License-Identifier: MIT
#include "espalier/pack/placed_elements.hpp"

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/pack/elements.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("Each weight has its own interval, and the penalties of all", "", float, double) {
  const std::tuple policies(MaxNorm{1}, Mask{}, L1{0.5}, Clip{-1, 2});
  const TestType mask[20] = {1, 0, 1, 1};
  const auto elements = detail::elements_of<true>(policies, PolicyMemory<TestType>{mask, 20});
  STATIC_REQUIRE((!elements.alike && !elements.none && !elements.homogeneous));
  const auto free = elements.at(0), zero = elements.at(1);
  CHECK((free.template interval<TestType>().low == -1 && free.template interval<TestType>().high == 2));
  CHECK((zero.template interval<TestType>().low == 0 && zero.template interval<TestType>().high == 0));
  CHECK(free.prox(3.0, 2.0) == 2);
  CHECK(free.project(TestType(3)) == 2);
  CHECK(zero.project(TestType(3)) == 0);
  CHECK(free.cost(TestType(-4)) == 2);
  const Line<TestType> line = elements.line_at(1, TestType(7), TestType(2), 3);
  CHECK((line.array()[0] == 0 && line.array()[1] == 2 && line.array()[2] == 2));
}

TEST_CASE("A pack without places has the elements that it always had") {
  const std::tuple policies(MaxNorm{1}, L1{0.5}, Clip{-1, 2});
  const auto elements = detail::elements_of<true>(policies, PolicyMemory<float>{});
  STATIC_REQUIRE(elements.alike);
  CHECK(&elements.at(7) == &elements);
}
