// SPDX-License-Identifier: MIT
// Runs on all cores, with a line that says how far they are, until they are done or somebody presses Ctrl-C.
#pragma once

#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "results_file.hpp"
#include "trial.hpp"

namespace study {

/// While it lives, the first SIGINT (Ctrl-C) or SIGTERM asks the workers to stop, and a second one ends the
/// program at once. There may be one.
class StopOnSignal {
 public:
  StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  ~StopOnSignal();

 private:
  void (*interrupt_)(int);
  void (*terminate_)(int);
};

/// Has somebody asked the workers to stop? Long runs look now and then, and throw Stopped.
bool stop_requested();
/// Asks as a signal does.
void request_stop();

/// Ends a run that nobody waits for any more. Nothing of it is kept.
struct Stopped : std::exception {
  const char* what() const noexcept override { return "stopped"; }
};

/// "final [#####-----] 120/400 runs, 30 %, 3 min left" on one line of a terminal; elsewhere a line now and
/// then. Its functions may be called from several threads.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  /// `total` runs of the study, of which `done` were done before. Without `out` it is quiet.
  Progress(long total, long done, int jobs, std::FILE* out = stderr,
           Clock::duration between_lines = std::chrono::seconds(10));
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Ends the line.
  ~Progress();

  /// Another number of runs, as soon as it is known.
  void expect(long total);
  void finished(const std::string& stage, double seconds);
  /// A run that was known from elsewhere, and took no time.
  void taken(const std::string& stage);
  std::string line() const;

 private:
  std::string text() const;
  void show();

  long total_, done_;
  int jobs_;
  std::FILE* out_;
  bool terminal_;
  Clock::duration between_lines_;
  Clock::time_point shown_;
  bool newer_ = false;  ///< than what is shown
  long measured_ = 0;
  double seconds_ = 0;  ///< of all measured ones
  std::string stage_;
  mutable std::mutex mutex_;
};

/// "45 s", "3 min 20 s", "1 h 05 min"
std::string duration_text(double seconds);

/// `jobs` threads take the trials in their order; what `run` returns goes to the file. When a stop is
/// requested no further trial begins, and this returns when the last run has ended. An exception of a run or
/// of the file ends it in the same way and is thrown on; a run that diverged returns a Result and throws
/// nothing.
void run_all(const std::vector<Trial>& todo, int jobs, const std::function<Result(const Trial&)>& run,
             ResultsFile& file, Progress& progress);

}  // namespace study
