// SPDX-License-Identifier: MIT
#include "workers.hpp"

#include <fmt/format.h>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace study {
namespace {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal's handler may not wait");

extern "C" void on_signal(int) {
  stop = true;
  std::signal(SIGINT, SIG_DFL);  // the next one ends the program
  std::signal(SIGTERM, SIG_DFL);
}

bool is_terminal([[maybe_unused]] std::FILE* out) {
#if __has_include(<unistd.h>)
  return out && ::isatty(::fileno(out)) == 1;
#else
  return false;
#endif
}

/// The threads of a run_all, which join at the end.
class Workers {
 public:
  Workers(const std::vector<Trial>& todo, const std::function<Result(const Trial&)>& run, ResultsFile& file,
          Progress& progress)
      : todo_(todo), run_(run), file_(file), progress_(progress) {}

  void work(std::size_t jobs) {
    std::vector<std::thread> threads;
    try {
      while (threads.size() < jobs) threads.emplace_back([this] { take_trials(); });
    } catch (const std::system_error&) {  // no more threads here: those that there are do it
      if (threads.empty()) take_trials();
    }
    for (std::thread& thread : threads) thread.join();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void take_trials() {
    while (!broken_ && !stop) {
      const std::size_t k = next_++;
      if (k >= todo_.size()) return;
      try {
        do_one(todo_[k]);
      } catch (const Stopped&) {
        if (!stop) keep_error();
      } catch (...) {
        keep_error();
      }
    }
  }
  void do_one(const Trial& trial) {
    const auto begin = Progress::Clock::now();
    const Result result = run_(trial);
    if (result.trial != trial)
      throw std::logic_error("run_all: expected the result of the trial, found another one");
    file_.add(result);
    progress_.finished(trial.stage, std::chrono::duration<double>(Progress::Clock::now() - begin).count());
  }
  void keep_error() {
    const std::lock_guard guard(mutex_);
    if (!error_) error_ = std::current_exception();
    broken_ = true;
  }

  const std::vector<Trial>& todo_;
  const std::function<Result(const Trial&)>& run_;
  ResultsFile& file_;
  Progress& progress_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> broken_{false};
  std::exception_ptr error_;
  std::mutex mutex_;
};

}  // namespace

StopOnSignal::StopOnSignal() {
  stop = false;
  interrupt_ = std::signal(SIGINT, on_signal);
  terminate_ = std::signal(SIGTERM, on_signal);
}
StopOnSignal::~StopOnSignal() {
  std::signal(SIGINT, interrupt_);
  std::signal(SIGTERM, terminate_);
}

bool stop_requested() { return stop; }
void request_stop() { stop = true; }

std::string duration_text(double seconds) {
  const long whole = std::lround(std::clamp(seconds, 0.0, 1e9));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

Progress::Progress(long total, long done, int jobs, std::FILE* out, Clock::duration between_lines)
    : total_(total),
      done_(done),
      jobs_(std::max(1, jobs)),
      out_(out),
      terminal_(is_terminal(out)),
      between_lines_(between_lines),
      shown_(Clock::now()) {}

Progress::~Progress() {
  if (out_ && newer_ && !terminal_) fmt::print(out_, "{}\n", text());
  if (out_ && terminal_ && measured_ > 0) fmt::print(out_, "\n");
}

void Progress::expect(long total) {
  const std::lock_guard guard(mutex_);
  total_ = total;
}

void Progress::finished(const std::string& stage, double seconds) {
  const std::lock_guard guard(mutex_);
  stage_ = stage;
  ++done_;
  ++measured_;
  seconds_ += seconds;
  newer_ = true;
  if (out_) show();
}

void Progress::taken(const std::string& stage) {
  const std::lock_guard guard(mutex_);
  stage_ = stage;
  ++done_;
  newer_ = true;
  if (out_) show();
}

std::string Progress::line() const {
  const std::lock_guard guard(mutex_);
  return text();
}

std::string Progress::text() const {
  constexpr long width = 20;
  const double share =
      total_ > 0 ? std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_)) : 1;
  const auto full = static_cast<std::size_t>(share * width);
  std::string text = fmt::format(
      "{}[{}{}] {}/{} runs, {} %", stage_.empty() ? "" : fmt::format("{:<10} ", stage_),
      std::string(full, '#'), std::string(width - full, '-'), done_, total_, static_cast<long>(100 * share));
  if (measured_ > 0 && done_ < total_) {
    const double left = seconds_ / static_cast<double>(measured_) * static_cast<double>(total_ - done_);
    text += fmt::format(", {} left", duration_text(left / jobs_));
  }
  return text;
}

void Progress::show() {
  if (terminal_) {
    fmt::print(out_, "\r{}\x1b[K", text());
  } else if (Clock::now() - shown_ >= between_lines_) {
    fmt::print(out_, "{}\n", text());
    shown_ = Clock::now();
    newer_ = false;
  }
  std::fflush(out_);
}

void run_all(const std::vector<Trial>& todo, int jobs, const std::function<Result(const Trial&)>& run,
             ResultsFile& file, Progress& progress) {
  const std::size_t threads = std::min(todo.size(), static_cast<std::size_t>(std::max(1, jobs)));
  if (threads > 0) Workers(todo, run, file, progress).work(threads);
}

}  // namespace study
