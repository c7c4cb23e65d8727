// SPDX-License-Identifier: MIT
#include "espalier/kernel/exact_sum.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"
#include "espalier/core/flush.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using detail::ExactSum;

TEST_CASE("Products of doubles far apart are added without rounding") {
  const double least = std::numeric_limits<double>::denorm_min(), most = std::numeric_limits<double>::max();
  ExactSum sum;
  CHECK(sum.sign() == 0);
  sum.add(most, most), sum.add(least, least, true);
  CHECK(sum.sign() == 1);
  sum.add(most, -most);
  CHECK(sum.sign() == -1);
  sum.add(-least, -least);
  CHECK(sum.sign() == 0);
  sum.add(-0.0, most);
  CHECK(sum.sign() == 0);
  sum.add(least, least);
  CHECK(sum.sign() == 1);
}

TEST_CASE("(a + b)^2 is a^2 + 2 a b + b^2, and not where one number is the next") {
  Rng rng{1};
  int wrong = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    const double a = std::ldexp(static_cast<double>(rng.below(1L << 40)),
                                static_cast<int>(rng.below(1000)) - 500),
                 b = a * 0x1p-10 * static_cast<double>(rng.below(8));
    const double whole = a + b;  // exact: 40 and 13 bits
    for (const double c : {whole, std::nextafter(whole, 1e300), std::nextafter(whole, 0.0)}) {
      ExactSum sum;
      sum.add(a, a), sum.add(a, b), sum.add(a, b), sum.add(b, b), sum.add(c, c, true);
      wrong += sum.sign() != (c < whole) - (c > whole);
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("Denormal numbers count, where they count as zero elsewhere too") {
  const double tiny = std::numeric_limits<double>::denorm_min();
  const detail::FlushDenormals mode;
  ExactSum sum;
  sum.add(1, 1), sum.add(tiny, tiny), sum.add(1, 1, true);
  CHECK(sum.sign() == 1);
}
