// SPDX-License-Identifier: MIT
#include "espalier/kernel/top_sum.hpp"

#include <functional>
#include <vector>

#include "catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using detail::TopSum;

TEST_CASE("The sum of the k largest is what sorting says, without rounding") {
  Rng rng{1};
  int wrong = 0;
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<float> x(static_cast<std::size_t>(1 + rng.below(20)));  // multiples of 1/8, many equal
    for (float& value : x) value = static_cast<float>(rng.below(17) - 8) / 8;
    for (const float sign : {1.0F, -1.0F})
      for (const Index k : {1, 3, 30}) {
        std::vector<double> sorted;
        for (const float value : x) sorted.push_back(std::max(sign * value, 0.0F));
        std::sort(sorted.begin(), sorted.end(), std::greater<>{});
        sorted.resize(static_cast<std::size_t>(k), 0.0);
        double sum = 0;
        for (const double value : sorted) sum += value;
        const Index n = static_cast<Index>(x.size());
        wrong += !TopSum<float>(x.data(), n, k, sign).is_below(sum);
        if (sum > 0) wrong += TopSum<float>(x.data(), n, k, sign).is_below(sum * (1 - 0x1p-53));
        TopSum<float> top(x.data(), n, std::min(k, n), sign);
        top.find();
        wrong += static_cast<double>(top.least()) != sorted[static_cast<std::size_t>(std::min(k, n) - 1)];
        wrong +=
            top.above() != std::count_if(x.begin(), x.end(), [&](float v) { return sign * v > top.least(); });
        wrong += top.excess(1) != sum - 1;
      }
  }
  CHECK(wrong == 0);
}

TEST_CASE("Numbers that are not finite hold nowhere, and denormal ones count") {
  const std::vector<double> bad{-1, std::nan("")}, tiny{1, 0x1p-1074, -3};
  CHECK_FALSE(TopSum<double>(bad.data(), 2, 1, 1.0).is_below(1e300));
  CHECK_FALSE(TopSum<double>(bad.data(), 2, 1, -1.0).is_below(1e300));
  CHECK_FALSE(TopSum<double>(tiny.data(), 3, 2, 1.0).is_below(1));
  CHECK(TopSum<double>(tiny.data(), 3, 1, 1.0).is_below(1));
}
