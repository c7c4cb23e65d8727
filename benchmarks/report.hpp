// SPDX-License-Identifier: MIT
// What is told of the measured rows: a table on the terminal, JSON, Markdown, and a page with plots.
#pragma once

#include <map>
#include <ostream>

#include "statistics.hpp"
#include "suite.hpp"

namespace bench {

struct Result {
  Row row;
  std::vector<double> seconds = {};                          // of one iteration, by repetition
  std::map<std::string, std::vector<double>> counters = {};  // by repetition
  std::string failure = {};

  bool measured() const { return !seconds.empty() && failure.empty(); }
};

/// Those of one suite and case.
using Case = std::vector<Result>;

/// The first row of the case, with which the others are compared; null if it was not asked for, is not
/// installed or failed.
const Result* first_of(const Case& results);

/// A row as it is quoted. What there is no figure for is empty.
struct Line {
  std::string suite, name, who;
  std::string median, spread;       // of its seconds
  std::string ratio, ratio_spread;  // of its time over the first row's; noisy ones say so
  std::string rate, limit;          // GFLOP/s or GB/s, and the fraction of the machine's limit
  std::string notes;                // counters, or why there are no figures
};

Line describe(const Result& result, const Result* first);

struct Report {
  Description about;
  std::vector<Case> cases;
};

/// The environment, and the machine's limits. `quick` is said, since such figures are not to be quoted.
Description describe_run(bool quick);

void print_head(const Description& about);
void print_case(const Case& results);

void write_json(std::ostream& out, const Report& report);
void write_markdown(std::ostream& out, const Report& report);
void write_html(std::ostream& out, const Report& report);

}  // namespace bench
