// SPDX-License-Identifier: MIT
// The history of a run for other programs: as CSV or as JSON lines, in text or in a file.
#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "espalier/data/write_file.hpp"
#include "espalier/train/observer.hpp"

namespace espalier {
namespace detail {

/// Calls `use(name, number)` for each number of a report but the epoch, in the order of its members.
template <class Use>
void for_each_number(const EpochReport& report, Use use) {
  const std::pair<std::string_view, double> numbers[]{{"loss", report.loss},
                                                      {"penalty", report.penalty},
                                                      {"training_loss", report.training_loss},
                                                      {"validation_loss", report.validation_loss},
                                                      {"validation_accuracy", report.validation_accuracy},
                                                      {"learning_rate", report.learning_rate},
                                                      {"seconds", report.seconds}};
  for (const auto& [name, number] : numbers) use(name, number);
}

}  // namespace detail

/// Comma-separated values with a line of names and one line for each epoch. A number that is missing (NaN) is
/// an empty field. Each number has as many digits as give the same double back, up to 17.
inline std::string to_csv(const History& history) {
  std::string text = "epoch";
  detail::for_each_number(EpochReport{},
                          [&](std::string_view name, double) { text.append(1, ',').append(name); });
  text += '\n';
  for (const EpochReport& report : history) {
    text += std::to_string(report.epoch);
    detail::for_each_number(report, [&](std::string_view, double number) {
      text += ',';
      if (!std::isnan(number)) text += detail::format_message("{}", {number});
    });
    text += '\n';
  }
  return text;
}

/// JSON lines: an object for each epoch on a line of its own, with the names that CSV has. A number that is
/// missing is null, and so is infinity, for which JSON has no word.
inline std::string to_json_lines(const History& history) {
  std::string text;
  for (const EpochReport& report : history) {
    text += "{\"epoch\": " + std::to_string(report.epoch);
    detail::for_each_number(report, [&](std::string_view name, double number) {
      text += detail::format_message(", \"{}\": ", {name});
      text += std::isfinite(number) ? detail::format_message("{}", {number}) : "null";
    });
    text += "}\n";
  }
  return text;
}

/// Writes `to_csv` to a file, which takes the place of an old one. FileError if it cannot be written.
inline void write_csv(const History& history, const std::filesystem::path& path) {
  detail::write_file(path, to_csv(history));
}

/// Writes `to_json_lines` to a file, likewise.
inline void write_json_lines(const History& history, const std::filesystem::path& path) {
  detail::write_file(path, to_json_lines(history));
}

}  // namespace espalier
