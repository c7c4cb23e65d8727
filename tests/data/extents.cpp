// SPDX-License-Identifier: MIT
#include "espalier/data/extents.hpp"

#include <limits>
#include <vector>

#include "support.hpp"

using namespace espalier;

namespace {

void check(std::vector<std::size_t> extents, std::size_t bytes, std::size_t item = 1) {
  detail::check_extents("a.bin", extents, bytes, item);
}

}  // namespace

TEST_CASE("a shape that accounts for every byte is accepted") {
  check({2, 3, 4}, 24);
  check({7}, 28, 4);
  check({1, 1, 1}, 8, 8);
  check({}, 8, 8);  // one number
  SUCCEED();
}

TEST_CASE("a shape for more or fewer bytes than there are is refused") {
  CHECK_THROWS_AS(check({2, 3}, 5), FileError);
  CHECK_THROWS_AS(check({2, 3}, 7), FileError);
  CHECK_THROWS_AS(check({2, 3}, 25, 4), FileError);
  CHECK_THROWS_AS(check({1}, 0), FileError);
  CHECK_THROWS_AS(check({1}, 3, 4), FileError);
  CHECK(message_of([] {
          check({2, 3}, 25, 4);
        }) == "a.bin: expected 2 x 3 numbers of 4 bytes after the header, found 25 bytes");
}

TEST_CASE("without extents there is one number") {
  CHECK_THROWS_AS(check({}, 16, 8), FileError);
  CHECK(message_of([] { check({}, 0, 8); }) ==
        "a.bin: expected 1 numbers of 8 bytes after the header, found 0 bytes");
}

TEST_CASE("a shape whose product overflows does not wrap round to the right one") {
  const std::size_t half = std::size_t{1} << (std::numeric_limits<std::size_t>::digits / 2);
  CHECK_THROWS_AS(check({half, half}, 0), FileError);
  CHECK_THROWS_AS(check({half, half, 3}, 12), FileError);
  CHECK_THROWS_AS(check({half + 1, half - 1, 1}, 1), FileError);
  CHECK_THROWS_AS(check({3, std::numeric_limits<std::size_t>::max()}, 24), FileError);
}

TEST_CASE("an extent of zero is refused wherever it stands") {
  CHECK_THROWS_AS(check({0}, 0), FileError);
  CHECK_THROWS_AS(check({0, 5}, 0), FileError);
  CHECK_THROWS_AS(check({5, 0, 5}, 0), FileError);
}
