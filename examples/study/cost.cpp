// SPDX-License-Identifier: MIT
#include "cost.hpp"

#include <algorithm>

namespace study {

Result measure_cost(const Bench& bench, const Trial& trial, bool all, const Entry& entry) {
  constexpr int rounds = 9;
  Trial free = trial;
  free.policy = free_name, free.strength = 0;
  Result result{trial};
  std::vector<double>& ratios = result.series["ratios"];
  for (int round = 0; round <= rounds; ++round) {  // the first one warms up
    const double without = number(run_free(bench, free, all, {}), "seconds");
    const double with = number(entry.run(bench, trial, all), "seconds");
    if (round > 0) ratios.push_back(with / without);
  }
  std::vector<double> sorted = ratios;
  std::sort(sorted.begin(), sorted.end());
  result.numbers["ratio"] = sorted[rounds / 2];
  return result;
}

}  // namespace study
