// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "environment.hpp"

namespace bench {
namespace {

std::string show_time(double seconds) {
  if (seconds < 1e-6) return fmt::format("{:.1f} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{:.2f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.3f} ms", seconds * 1e3);
  return fmt::format("{:.3f} s", seconds);
}

std::string show_spread(const Figure& figure) {
  return figure.repetitions > 1 ? fmt::format("{:.1f} %", 100 * figure.spread()) : "one run";
}

std::string show_rate(const Work& work, double seconds) {
  if (work.flops > 0) return fmt::format("{:.1f} GFLOP/s", work.flops / seconds / 1e9);
  if (work.parameters > 0) return fmt::format("{:.1f} GB/s", adam_bytes * work.parameters / seconds / 1e9);
  return {};
}

}  // namespace

const Result* first_of(const Case& results) {
  for (const Result& result : results)
    if (result.row.first && result.measured()) return &result;
  return nullptr;
}

Line describe(const Result& result, const Result* first) {
  const std::string name = case_of(result.row);
  const auto slash = name.find('/');
  Line line;
  line.suite = name.substr(0, slash);
  line.name = name.substr(slash + 1);
  line.who = result.row.name.substr(name.size() + 1);
  if (!result.measured()) {
    line.notes = !result.failure.empty()       ? "failed: " + result.failure
                 : !result.row.instead.empty() ? result.row.instead
                                               : "not measured";
    return line;
  }
  const Figure time = summarize(result.seconds);
  line.median = show_time(time.median);
  line.spread = show_spread(time);
  line.rate = show_rate(result.row.work, time.median);
  if (const double least = machine().least(result.row.work); least > 0)
    line.limit = fmt::format("{:.2f}", least / time.median);
  if (first && first != &result) {
    const Figure compared = ratio(result.seconds, first->seconds);
    line.ratio = fmt::format("{:.3g}", compared.median);
    line.ratio_spread = show_spread(compared) + (compared.noisy() ? ", noisy" : "");
  }
  for (const auto& [unit, values] : result.counters)
    line.notes += fmt::format("{}{:.3g} {}", line.notes.empty() ? "" : ", ", summarize(values).median, unit);
  return line;
}

Description describe_run(bool quick) {
  Description about = environment();
  const Machine& m = machine();
  std::string limits = fmt::format("{:.0f} GFLOP/s of multiply-adds", m.flops / 1e9);
  for (const auto& [parameters, bytes] : m.updates)
    limits += fmt::format(", Adam on {:.0e} parameters {:.0f} GB/s", parameters, bytes / 1e9);
  about.emplace_back("limits of one thread", limits);
  if (quick) about.emplace_back("quick", "too short to be quoted");
  return about;
}

void print_head(const Description& about) {
  for (const auto& [what, found] : about) fmt::print("{:<20} {}\n", what, found);
  fmt::print("\n{:<54} {:>11} {:>8}  {:>8} {:>15}  {:>14} {:>8}\n", "suite/case/who", "median", "spread",
             "of first", "spread", "rate", "of limit");
}

void print_case(const Case& results) {
  for (const Result& result : results) {
    const Line line = describe(result, first_of(results));
    fmt::print("{:<54} {:>11} {:>8}  {:>8} {:>15}  {:>14} {:>8}  {}\n", result.row.name, line.median,
               line.spread, line.ratio, line.ratio_spread, line.rate, line.limit, line.notes);
  }
  std::fflush(stdout);
}

}  // namespace bench
