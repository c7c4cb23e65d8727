// SPDX-License-Identifier: MIT
#include "../../benchmarks/statistics.hpp"

#include "catch.hpp"

using bench::Figure;
using bench::ratio;
using bench::summarize;
using Catch::Approx;

TEST_CASE("the median and the quartiles do not depend on the order, and lie between values") {
  for (const std::vector<double>& values : {std::vector<double>{1, 2, 3, 4, 5}, {5, 3, 1, 4, 2}}) {
    const Figure f = summarize(values);
    CHECK(f.median == 3);
    CHECK(f.lower == 2);
    CHECK(f.upper == 4);
    CHECK(f.repetitions == 5);
    CHECK(f.spread() == Approx(2.0 / 3));
  }
  const Figure even = summarize({40, 10, 30, 20});
  CHECK(even.median == 25);
  CHECK(even.lower == 17.5);
  CHECK(even.upper == 32.5);
}

TEST_CASE("one outlier moves neither the median nor the quartiles far") {
  const Figure f = summarize({1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1000});
  CHECK(f.median == 1);
  CHECK(f.spread() == 0);
  CHECK(!f.noisy());
}

TEST_CASE("what cannot be known is not a number, and counts as noisy") {
  CHECK(std::isnan(summarize({}).median));
  CHECK(std::isnan(summarize({}).spread()));
  CHECK(summarize({}).noisy());
  CHECK(summarize({7}).median == 7);
  CHECK(summarize({7}).lower == 7);
  CHECK(std::isnan(summarize({7}).spread()));
  CHECK(summarize({7}).noisy());
}

TEST_CASE("a spread of more than 10 % is noisy") {
  CHECK(!summarize({0.955, 0.955, 1, 1.045, 1.045}).noisy());
  CHECK(summarize({0.94, 0.94, 1, 1.06, 1.06}).noisy());
}

TEST_CASE("a ratio compares repetitions of the same turn") {
  // The machine runs at a third of its speed in the second half, which is nothing to the ratio.
  const Figure f = ratio({2, 2, 6, 6}, {1, 1, 3, 3});
  CHECK(f.median == 2);
  CHECK(f.spread() == 0);
  CHECK(ratio({4, 9}, {2, 3, 5}).repetitions == 2);
  CHECK(ratio({4, 9}, {2, 3, 5}).median == 2.5);
  CHECK(std::isnan(ratio({1, 2}, {}).median));
}
