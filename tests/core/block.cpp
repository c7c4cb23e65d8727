// SPDX-License-Identifier: MIT
#include "espalier/core/block.hpp"

#include "catch.hpp"

using namespace espalier;

TEST_CASE("A block is a row-major matrix, and some of its rows are a block too") {
  float numbers[6] = {1, 2, 3, 4, 5, 6};
  const Block<float> block{numbers, 3, 2};
  CHECK(block.size() == 6);
  CHECK(block.row(2)[1] == 6);
  const Block<float> last = block.some_rows(1, 2);
  CHECK(last.rows == 2);
  CHECK(last.cols == 2);
  CHECK(last.row(0) == numbers + 2);
  last.row(1)[0] = 50;
  CHECK(numbers[4] == 50);
  CHECK(block.some_rows(3, 0).size() == 0);
}

TEST_CASE("What nobody writes to is a block of constants, and the way back is closed") {
  double numbers[2] = {1, 2};
  const Block<const double> seen = Block<double>{numbers, 1, 2};
  CHECK(seen.data == numbers);
  CHECK(seen.rows == 1);
  CHECK(seen.cols == 2);
  STATIC_REQUIRE(std::is_convertible_v<Block<double>, Block<const double>>);
  STATIC_REQUIRE(!std::is_convertible_v<Block<const double>, Block<double>>);
}

TEST_CASE("Step sizes are those of each weight, or one for all") {
  const float each[4] = {1, 2, 3, 4};
  const detail::Steps<float> uneven{each, 9}, even{nullptr, 9};
  CHECK(uneven[2] == 3);
  CHECK(uneven.from(2)[1] == 4);
  CHECK(even[2] == 9);
  CHECK(even.from(2).each == nullptr);
  CHECK(even.from(2)[1] == 9);
}
