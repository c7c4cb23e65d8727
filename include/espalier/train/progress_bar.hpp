// SPDX-License-Identifier: MIT
// Progress on a terminal as a bar, elsewhere as plain lines.
#pragma once

#include <fmt/core.h>

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
    plan_ = plan;
    if (plan.done > 0) return;
    for (const std::string& note : plan.notes) fmt::print(out_, "note: {}\n", note);
  }

  void batch(const auto&, const BatchReport& report) {
    if (columns_ == 0) return;
    const long most = 30, done = std::min(most, most * report.batch / std::max(1L, plan_.batches));
    if (done == done_ && report.batch > 1) return;
    done_ = done;
    columns_ = columns();
    const std::string front = head(report.epoch), back = fmt::format("loss {:.4g}", report.loss);
    const long used = static_cast<long>(front.size() + back.size() + 4);
    const long width = std::clamp(columns_ - 1 - used, 0L, most), filled = width * done / most;
    draw(fmt::format("{} [{:=>{}}{:>{}}] {}", front, "", filled, "", width - filled, back));
  }
  void epoch(const auto&, const EpochReport& report) { draw(head(report.epoch) + detail::text_of(report)); }
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
    return fmt::format("{}{}epoch {:>{}}/{}", label_, label_.empty() ? "" : "  ", epoch,
                       std::to_string(plan_.epochs).size(), plan_.epochs);
  }
  /// Over the old line. A character in the last column would make the terminal scroll.
  void draw(const std::string& line) {
    if (columns_ > 0)
      fmt::print(out_, "\r{0:<{1}.{1}}", line, columns_ - 1);
    else
      fmt::print(out_, "{}\n", line);
    open_ = columns_ > 0;
    std::fflush(out_);
  }
  void end_line() {
    if (std::exchange(open_, false)) fmt::print(out_, "\n");
  }

  std::string label_;
  std::FILE* out_;
  long columns_;
  Plan plan_;
  long done_ = -1;
  bool open_ = false;
};

}  // namespace espalier
