// SPDX-License-Identifier: MIT
// Progress on a terminal as a bar, elsewhere as plain lines.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "espalier/train/observer.hpp"

#if __has_include(<sys/ioctl.h>)
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace espalier {

/// Prints to `out`, standard error unless said otherwise: on a terminal one line that is drawn anew and fits
/// its width, otherwise one line for each epoch. `label` stands in front.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label = "", std::FILE* out = stderr)
      : label_(std::move(label)), out_(out), columns_(columns()) {}
  ProgressBar(const ProgressBar&) = delete;  // one line, one owner
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { end_line(); }  // a run that throws must not leave its message behind the bar

  void start(const Plan& plan) {
    epochs_ = plan.epochs, batches_ = plan.batches;
    if (plan.done > 0) return;
    for (const std::string& note : plan.notes) write("note: " + note + "\n");
  }

  void batch(const auto&, const BatchReport& report) {
    if (columns_ == 0) return;
    const long most = 30, done = std::min(most, most * report.batch / std::max(1L, batches_));
    if (done == done_ && report.batch > 1) return;
    done_ = done;
    columns_ = columns();
    const std::string front = head(report.epoch), back = detail::format_message("loss {:.4g}", {report.loss});
    const long used = static_cast<long>(front.size() + back.size() + 4);
    const long width = std::clamp(columns_ - 1 - used, 0L, most), filled = width * done / most;
    const auto times = [](long count, char sign) {
      return std::string(static_cast<std::size_t>(count), sign);
    };
    draw(front + " [" + times(filled, '=') + times(width - filled, ' ') + "] " + back);
  }
  void epoch(const auto&, const EpochReport& report) {
    draw(head(report.epoch) + detail::numbers_of(report));
  }
  void finish(const auto&) { end_line(); }

 private:
  /// Width of the terminal; 0 if `out` is none.
  long columns() const {
#if __has_include(<sys/ioctl.h>)
    if (isatty(fileno(out_)) != 1) return 0;
    winsize size{};
    return ioctl(fileno(out_), TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? long{size.ws_col} : 80;
#else
    return 0;
#endif
  }
  std::string head(long epoch) const {
    const std::string number = std::to_string(epoch), all = std::to_string(epochs_);
    const std::string margin(all.size() - std::min(all.size(), number.size()), ' ');
    return label_ + (label_.empty() ? "" : "  ") + "epoch " + margin + number + "/" + all;
  }
  void write(const std::string& text) const { std::fwrite(text.data(), 1, text.size(), out_); }
  /// Over the old line. A character in the last column would make the terminal scroll.
  void draw(const std::string& line) {
    if (columns_ > 0) {
      std::string fitted = line;
      fitted.resize(static_cast<std::size_t>(columns_ - 1), ' ');
      write("\r" + fitted);
    } else {
      write(line + "\n");
    }
    open_ = columns_ > 0;
    std::fflush(out_);
  }
  void end_line() {
    if (std::exchange(open_, false)) write("\n");
  }

  std::string label_;
  std::FILE* out_;
  long columns_;
  long epochs_ = 0, batches_ = 0;
  long done_ = -1;
  bool open_ = false;
};

}  // namespace espalier
