// SPDX-License-Identifier: MIT
#include "cost.hpp"

#include <algorithm>

#include "plan.hpp"

namespace study {

namespace {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

Result measure_cost(const Bench& bench, const Trial& trial, bool all, const Entry& entry) {
  Trial free = trial;
  free.policy = free_name, free.strength = 0;
  Result result{trial};
  std::vector<double>&ratios = result.series["ratios"], &steps = result.series["steps"],
  &free_steps = result.series["free_steps"];
  const long samples = bench.parts_of(trial).training->samples(), batch = bench.setup().batch;
  const auto count = static_cast<double>((samples + batch - 1) / batch);
  for (int round = 0; round <= cost_rounds; ++round) {  // the first one warms up
    const double without = number(run_free(bench, free, all, {}), "seconds");
    const double with = number(entry.run(bench, trial, all), "seconds");
    if (round == 0) continue;
    ratios.push_back(with / without);
    steps.push_back(with / count), free_steps.push_back(without / count);
  }
  result.numbers["ratio"] = median(ratios);
  result.numbers["step"] = median(steps);
  result.numbers["free_step"] = median(free_steps);
  return result;
}

}  // namespace study
