// SPDX-License-Identifier: MIT
// The mean of a few numbers with Student's 95 % interval, as some of these programs print it.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "../study/statistics.hpp"

/// Mean, standard deviation, and half the width of the interval of the mean.
struct Summary {
  double mean = 0, deviation = 0, half = HUGE_VAL;

  explicit Summary(const std::vector<double>& numbers) {
    const study::Comparison all = study::compare(numbers);
    mean = all.mean, deviation = all.deviation;
    if (all.pairs > 1) half = (all.high - all.low) / 2;
  }

  /// "+0.12 +- 0.03", or the mean alone where there is no interval.
  std::string difference() const {
    return half < HUGE_VAL ? fmt::format("{:+.3f} +- {:.3f}", mean, half) : fmt::format("{:+.3f}", mean);
  }
};

/// The differences of pairs.
inline std::vector<double> minus(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t k = 0; k < a.size(); ++k) a[k] -= b.at(k);
  return a;
}
