// SPDX-License-Identifier: MIT
#include "espalier/core/line.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("A line is a cache line; its rest is zero when loaded and untouched when stored", "",
                   float, double) {
  constexpr Index length = detail::line_length<TestType>;
  CHECK(length * Index{sizeof(TestType)} == 64);
  const std::vector<TestType> from(static_cast<std::size_t>(length) + 1, TestType(3));
  for (const Index n : {Index{0}, Index{1}, length - 1, length, length + 1}) {
    const Index taken = std::min(n, length);
    const Line<TestType> line = detail::load_line(from.data(), n);
    CHECK((line.head(taken) == 3).all());
    CHECK((line.tail(length - taken) == 0).all());
    std::vector<TestType> to(static_cast<std::size_t>(length) + 1, TestType(7));
    detail::store_line(line, to.data(), n);
    CHECK(std::count(to.begin(), to.end(), TestType(3)) == taken);
    CHECK(std::count(to.begin(), to.end(), TestType(7)) == length + 1 - taken);
    Line<TestType> cleared = Line<TestType>::Constant(3);
    detail::clear_rest(cleared, n);
    CHECK((cleared == line).all());
  }
}
