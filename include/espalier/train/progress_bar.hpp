// SPDX-License-Identifier: MIT
// Progress on a terminal as a bar, elsewhere as plain lines.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "espalier/train/observer.hpp"

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace espalier {

/// Prints to `out`, standard error unless said otherwise: on a terminal one line that is drawn anew,
/// otherwise one line for each epoch. `label` stands in front.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label = "", std::FILE* out = stderr)
      : label_(std::move(label)), out_(out), terminal_(is_terminal(out)) {}

  void start(const Plan& plan) { plan_ = plan; }

  void batch(const auto&, const BatchReport& report) {
    const long width = 30, filled = width * report.batch / std::max(1L, plan_.batches);
    if (!terminal_ || (filled == filled_ && report.batch > 1)) return;
    filled_ = filled;
    draw(fmt::format("{} [{:=>{}}{:>{}}] loss {:.4f}", head(report.epoch), "", filled, "", width - filled,
                     report.loss),
         false);
  }
  void epoch(const auto&, const EpochReport& report) {
    std::string line = fmt::format("{}  loss {:.4f}", head(report.epoch), report.loss);
    if (report.penalty > 0) line += fmt::format("  penalty {:.4f}", report.penalty);
    if (!std::isnan(report.validation_loss))
      line += fmt::format("  validation {:.4f}", report.validation_loss);
    if (!std::isnan(report.validation_accuracy))
      line += fmt::format(" ({:.1f} %)", 100 * report.validation_accuracy);
    draw(line + fmt::format("  {:.1f} s", report.seconds), !terminal_);
  }
  void finish(const auto&) {
    if (terminal_) fmt::print(out_, "\n");
  }

 private:
  static bool is_terminal([[maybe_unused]] std::FILE* file) {
#if __has_include(<unistd.h>)
    return isatty(fileno(file)) == 1;
#else
    return false;
#endif
  }
  std::string head(long epoch) const {
    return fmt::format("{}{}epoch {:>{}}/{}", label_, label_.empty() ? "" : "  ", epoch,
                       fmt::formatted_size("{}", plan_.epochs), plan_.epochs);
  }
  void draw(const std::string& line, bool end) {
    if (terminal_)
      fmt::print(out_, "\r{:<{}}\r{}", "", last_, line);
    else
      fmt::print(out_, "{}{}", line, end ? "\n" : "");
    last_ = line.size();
    std::fflush(out_);
  }

  std::string label_;
  std::FILE* out_;
  bool terminal_;
  Plan plan_;
  long filled_ = -1;
  std::size_t last_ = 0;
};

}  // namespace espalier
