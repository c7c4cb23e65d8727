// SPDX-License-Identifier: MIT
// What is told of the measured rows: a table on the terminal, JSON, and a page with plots.
#pragma once

#include "suite.hpp"

namespace bench {

struct Result {
  Row row;
  std::vector<double> seconds;  // of one iteration, by repetition
};

void describe_machine();

/// The rows of one case, compared with the first of them.
void print_case(const std::vector<Result>& results);

/// Throw std::runtime_error if the file cannot be written.
void write_json(const std::string& file, const std::vector<Result>& results);
void write_html(const std::string& file, const std::vector<Result>& results);

}  // namespace bench
