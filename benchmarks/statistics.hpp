// SPDX-License-Identifier: MIT
// What is said of repetitions: a median with its quartiles, and the ratio of two rows measured in turns.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace bench {

/// Of no repetition at all, everything is NaN.
struct Figure {
  double median = std::numeric_limits<double>::quiet_NaN();
  double lower = median, upper = median;  // quartiles
  std::size_t repetitions = 0;

  /// The distance of the quartiles as a part of the median; NaN where one repetition says nothing of it.
  double spread() const {
    return repetitions > 1 ? (upper - lower) / median : std::numeric_limits<double>::quiet_NaN();
  }
  /// Too much to be quoted, or not known?
  bool noisy() const { return !(spread() <= 0.1); }
};

/// Between two values, quartiles are interpolated.
inline Figure summarize(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&](double part) {
    const double place = part * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double rest = place - static_cast<double>(below);
    return values[below] + rest * (values[std::min(below + 1, values.size() - 1)] - values[below]);
  };
  return {at(0.5), at(0.25), at(0.75), values.size()};
}

/// `values` over `first`, repetition by repetition: what slows the machine down for a while slows both.
inline Figure ratio(const std::vector<double>& values, const std::vector<double>& first) {
  std::vector<double> ratios;
  for (std::size_t k = 0; k < std::min(values.size(), first.size()); ++k)
    ratios.push_back(values[k] / first[k]);
  return summarize(ratios);
}

}  // namespace bench
