// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

namespace bench {
namespace {

/// A median and its spread: the distance between the quartiles as a part of it.
struct Figure {
  double median = 0, spread = 0;
};

Figure summarise(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&](double part) {
    const double place = part * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double rest = place - static_cast<double>(below);
    return values[below] + rest * (values[std::min(below + 1, values.size() - 1)] - values[below]);
  };
  return {at(0.5), (at(0.75) - at(0.25)) / at(0.5)};
}

/// The row's time over the first row's, repetition by repetition.
Figure ratio(const Result& result, const Result& first) {
  std::vector<double> ratios;
  for (std::size_t k = 0; k < std::min(result.seconds.size(), first.seconds.size()); ++k)
    ratios.push_back(result.seconds[k] / first.seconds[k]);
  return summarise(ratios);
}

std::string time(double seconds) {
  if (seconds < 1e-6) return fmt::format("{:.1f} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{:.2f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.3f} ms", seconds * 1e3);
  return fmt::format("{:.3f} s", seconds);
}

}  // namespace

void describe_machine() {
  const Machine& m = machine();
  fmt::print(
      "One thread of this machine: {:.0f} GFLOP/s of multiply-adds; Adam updates at {:.0f} GB/s in the "
      "caches, {:.0f} GB/s "
      "out of memory.\n",
      m.flops / 1e9, m.cache_bytes / 1e9, m.memory_bytes / 1e9);
  fmt::print("{:<52} {:>11} {:>7}  {:>14}  {:>8}\n", "suite/case/who", "median", "spread", "of the first",
             "of limit");
}

void print_case(const std::vector<Result>& results) {
  for (const Result& result : results) {
    if (!result.row.instead.empty()) {
      fmt::print("{:<52} {:>11}\n", result.row.name, result.row.instead);
      continue;
    }
    const Figure own = summarise(result.seconds), relative = ratio(result, results.front());
    std::string of_limit, of_first = fmt::format("{:.3g} +-{:.0f} %", relative.median, 50 * relative.spread);
    if (result.row.least > 0) of_limit = fmt::format("{:.2f}", result.row.least / own.median);
    if (&result == &results.front() || results.front().seconds.empty()) of_first.clear();
    fmt::print("{:<52} {:>11} {:>5.1f} %  {:>14}  {:>8}{}\n", result.row.name, time(own.median),
               100 * own.spread, of_first, of_limit, relative.spread > 0.1 ? "  noisy" : "");
  }
  fflush(stdout);
}

void write_json(const std::string&, const std::vector<Result>&) {}
void write_html(const std::string&, const std::vector<Result>&) {}

}  // namespace bench
