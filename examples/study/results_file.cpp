// SPDX-License-Identifier: MIT
#include "results_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <filesystem>
#include <system_error>

#include "errors.hpp"
#include "espalier/data/file.hpp"
#include "espalier/io/file_lock.hpp"
#include "files.hpp"
#include "json.hpp"

namespace study {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_to_write(const std::string& path, int error) {
  throw InputError(fmt::format("{}: expected a file that can be written, found {}", path,
                               std::generic_category().message(error != 0 ? error : EIO)));
}

/// What is there; nothing if there is no file yet.
std::string text_of_file(const std::string& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return {};
  try {
    return espalier::detail::read_bytes(path);
  } catch (const espalier::FileError& error) {
    throw InputError(error.what());
  }
}

std::shared_ptr<void> lock(const std::string& path) {
  try {
    return std::make_shared<espalier::detail::FileLock>(path);
  } catch (const espalier::FileError& error) {
    throw InputError(error.what());
  }
}

/// Reads a line with `from`; an error of it names file and line.
template <class T>
T read_line(const std::string& path, std::size_t number, const std::string& line,
            T from(const std::string&)) {
  try {
    return from(line);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}, line {}: {}", path, number, error.what()));
  }
}

}  // namespace

ResultsFile::ResultsFile(std::string path, const Setup& setup) : path_(std::move(path)) {
  make_folder_of(path_);
  lock_ = lock(path_);
  const std::string text = text_of_file(path_);
  size_ = read(text, setup);
  errno = 0;
  file_.open(path_, std::ios::binary | std::ios::app);
  if (!file_) fail_to_write(path_, errno);
  std::error_code error;
  if (size_ < text.size()) fs::resize_file(path_, size_, error);
  if (error) fail_to_write(path_, error.value());
  if (size_ == 0) write(to_json(setup));
}

/// The length of its whole lines.
std::uintmax_t ResultsFile::read(const std::string& text, const Setup& setup) {
  // Of a first line that is not whole nobody can say whose file it is, unless it is this study's.
  const std::string first = to_json(setup) + '\n';
  if (text.size() < first.size() && first.starts_with(text)) return 0;
  std::size_t begin = 0;
  for (std::size_t number = 1; begin < text.size(); ++number) {
    const std::size_t end = text.find('\n', begin);
    const bool last = end == std::string::npos || end + 1 == text.size();
    const std::string line = text.substr(begin, end - begin);
    if (number == 1) {
      const Setup found = read_line(path_, 1, line, setup_from_json);
      if (const std::string differs = difference(setup, found); !differs.empty())
        throw InputError(
            fmt::format("{}: expected the results of this study (another --out begins a new one), "
                        "found those of another one: {}",
                        path_, differs));
    } else if (last && (end == std::string::npos || !is_json(line))) {
      return begin;
    } else {
      keep(read_line(path_, number, line, result_from_json), number);
    }
    begin = last ? text.size() : end + 1;
  }
  return text.size();
}

/// A run that is there twice would count twice, and intervals would be too narrow; which of the two is right
/// nobody can say. No study writes such a file.
void ResultsFile::keep(Result result, std::size_t line) {
  if (!done_.insert(result.trial).second)
    throw InputError(fmt::format("{}, line {}: expected each run once, found seed {} of {} {} in {} again",
                                 path_, line, result.trial.seed, result.trial.policy, result.trial.strength,
                                 result.trial.stage));
  results_.push_back(std::move(result));
}

bool ResultsFile::contains(const Trial& trial) const {
  const std::lock_guard guard(mutex_);
  return done_.contains(trial);
}

void ResultsFile::add(const Result& result) {
  if (!std::isfinite(result.trial.strength) || !std::isfinite(result.trial.level))
    throw std::logic_error(
        "results file: expected a run with a finite strength and level, found another one");
  const std::lock_guard guard(mutex_);
  if (done_.contains(result.trial))
    throw std::logic_error(fmt::format("{}: expected a run that is not there yet, found seed {} of {} again",
                                       path_, result.trial.seed, result.trial.policy));
  write(to_json(result));
  done_.insert(result.trial);
  results_.push_back(result);
}

/// In one piece, or the file is as it was and closed: a line behind half a line could not be read again.
void ResultsFile::write(const std::string& line) {
  if (!file_.is_open())
    throw InputError(
        fmt::format("{}: expected a file that can be written, found one where that failed before", path_));
  errno = 0;
  file_ << line << '\n' << std::flush;
  if (!file_) {
    const int error = errno;
    file_.close();
    std::error_code ignored;
    fs::resize_file(path_, size_, ignored);
    fail_to_write(path_, error);
  }
  size_ += line.size() + 1;
}

}  // namespace study
