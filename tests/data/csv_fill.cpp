// SPDX-License-Identifier: MIT
#include "espalier/data/csv_fill.hpp"

#include "support.hpp"

using namespace espalier;
using detail::fill_of;

TEST_CASE("a gap is filled with the mean, the median or the most frequent value") {
  CHECK(fill_of({1, 2, 6}, Gaps::mean, false) == 3);
  CHECK(fill_of({6, 1, 2}, Gaps::median, false) == 2);
  CHECK(fill_of({6, 1, 2, 4}, Gaps::median, false) == 3);
  CHECK(fill_of({5}, Gaps::median, false) == 5);
  CHECK(fill_of({7, 2, 7, 2, 9}, Gaps::most_frequent, false) == 2);  // the smaller of two
}

TEST_CASE("the mean does not overflow") {
  CHECK(fill_of({1.5e308, 1.5e308, 1.5e308}, Gaps::mean, false) == 1.5e308);
  CHECK(fill_of({1.5e308, 1.7e308}, Gaps::median, false) == 1.6e308);
}

TEST_CASE("categories have no mean") {
  CHECK(fill_of({0, 3, 3}, Gaps::mean, true) == 3);
  CHECK(fill_of({0, 3, 3, 5, 5, 5}, Gaps::median, true) == 5);
}
