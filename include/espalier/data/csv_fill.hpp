// SPDX-License-Identifier: MIT
// What stands for a gap, learnt from the values of its column.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "espalier/data/csv_options.hpp"

namespace espalier::detail {

/// The most frequent value, the smallest of several.
inline double most_frequent(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double best = values.front();
  std::size_t most = 0;
  for (auto at = values.begin(); at != values.end();) {
    const auto next = std::upper_bound(at, values.end(), *at);
    if (static_cast<std::size_t>(next - at) > most) most = static_cast<std::size_t>(next - at), best = *at;
    at = next;
  }
  return best;
}

/// The value in the middle, or the mean of the two.
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return values.size() % 2 == 1 ? *middle : std::midpoint(*std::max_element(values.begin(), middle), *middle);
}

/// The running mean, which does not overflow.
inline double mean(const std::vector<double>& values) {
  double mean = 0, count = 0;
  for (const double value : values) count += 1, mean += value / count - mean / count;
  return mean;
}

/// Of at least one value. Categories have numbers, but no mean.
inline double fill_of(std::vector<double> values, Gaps gaps, bool categories) {
  if (categories || gaps == Gaps::most_frequent) return most_frequent(std::move(values));
  return gaps == Gaps::mean ? mean(values) : median(std::move(values));
}

}  // namespace espalier::detail
