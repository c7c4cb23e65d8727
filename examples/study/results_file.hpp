// SPDX-License-Identifier: MIT
// The file of results: its first line is the setup of the study, each further line a run, as JSON.
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "trial.hpp"

namespace study {

/// Append-only: a run that is in the file is finished and never done again. A last line that a killed program
/// left incomplete is cut off when the file is opened. While the object lives no other program can have the
/// file.
class ResultsFile {
 public:
  /// Opens the file or begins it. Throws InputError (errors.hpp) for a file of another setup, naming what
  /// differs; for one with a line that is no run or a run that is there already, naming the line; and where
  /// it cannot be written. Then nothing has changed.
  ResultsFile(std::string path, const Setup& setup);

  /// In the order of the file. Not while another thread may add to them.
  const std::vector<Result>& results() const { return results_; }
  bool contains(const Trial& trial) const;
  /// Writes a run and keeps it; the line is on disk (in the file system's hands) when this returns. May be
  /// called from several threads. InputError if the disk is full: the file is as it was before, and takes no
  /// more.
  void add(const Result& result);

 private:
  std::uintmax_t read(const std::string& text, const Setup& setup);
  void keep(Result result, std::size_t line);
  void write(const std::string& line);

  std::string path_;
  std::shared_ptr<void> lock_;
  std::vector<Result> results_;
  std::set<Trial> done_;
  std::ofstream file_;
  std::uintmax_t size_ = 0;  ///< of the whole lines
  mutable std::mutex mutex_;
};

/// On one line. Numbers come back with the same bits; JSON has no NaN and no infinity, which are null, "inf"
/// and "-inf". InputError for what is not such a line.
std::string to_json(const Setup& setup);
std::string to_json(const Result& result);
Setup setup_from_json(const std::string& line);
Result result_from_json(const std::string& line);

/// One row for each run, a column for each number that any run has.
std::string csv_of(const std::vector<Result>& results);

}  // namespace study
