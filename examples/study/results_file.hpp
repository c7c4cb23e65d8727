// SPDX-License-Identifier: MIT
// The file of results: its first line is the setup of the study, each further line a run, as JSON.
#pragma once

#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "trial.hpp"

namespace study {

/// Append-only: a run that is in the file is finished and never done again. A last line that a killed program
/// left incomplete is cut off when the file is opened.
class ResultsFile {
 public:
  /// Opens the file or begins it. Throws InputError (errors.hpp) for a file of another setup, naming what
  /// differs; for one with a line that is no run, naming the line; and where it cannot be written.
  ResultsFile(std::string path, const Setup& setup);

  const std::vector<Result>& results() const { return results_; }
  bool contains(const Trial& trial) const;
  /// Writes a run and keeps it; the line is on disk (in the file system's hands) when this returns. May be
  /// called from several threads.
  void add(const Result& result);

 private:
  std::string path_;
  std::vector<Result> results_;
  std::ofstream file_;
  std::mutex mutex_;
};

std::string to_json(const Setup& setup);
std::string to_json(const Result& result);
Setup setup_from_json(const std::string& line);
Result result_from_json(const std::string& line);

/// One row for each run, a column for each number that any run has.
std::string csv_of(const std::vector<Result>& results);

}  // namespace study
