// SPDX-License-Identifier: MIT
#include "espalier/kernel/short_rows.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"

using namespace espalier;

TEST_CASE("The shorter side of a weight becomes the rows") {
  const float numbers[] = {1, 2, 3, 4, 5, 6};
  std::vector<double> to(6);
  const auto wide = detail::short_rows(Block<const float>{numbers, 2, 3}, 0.5, to.data());
  CHECK(wide.count == 2);
  CHECK(wide.length == 3);
  CHECK(!wide.transposed);
  CHECK(to == std::vector<double>{0.5, 1, 1.5, 2, 2.5, 3});
  const auto tall = detail::short_rows(Block<const float>{numbers, 3, 2}, 1, to.data());
  CHECK(tall.count == 2);
  CHECK(tall.length == 3);
  CHECK(tall.transposed);
  CHECK(to == std::vector<double>{1, 3, 5, 2, 4, 6});
}

TEST_CASE("A dot product counts every number once") {
  std::vector<double> a(30, 1), b(30);
  for (std::size_t i = 0; i < 30; ++i) b[i] = static_cast<double>(i + 1);
  for (Index n = 0; n <= 30; ++n)
    CHECK(detail::dot(a.data(), b.data(), n) == static_cast<double>(n * (n + 1) / 2));
}

TEST_CASE("The largest magnitude of what is not finite is infinite") {
  const float numbers[] = {1, -3, 2};
  CHECK(detail::largest_magnitude(Block<const float>{numbers, 1, 3}) == 3);
  const float bad[] = {1, std::numeric_limits<float>::quiet_NaN(), 2};
  CHECK(std::isinf(detail::largest_magnitude(Block<const float>{bad, 3, 1})));
  CHECK(detail::inverse_power_of_two(3) == 0.5);
  CHECK(detail::inverse_power_of_two(0.25) == 4);
}
