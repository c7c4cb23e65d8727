// SPDX-License-Identifier: MIT
// Which column of a CSV text plays which role, and numbers as text.
#pragma once

#include <charconv>
#include <cmath>
#include <iterator>
#include <locale>
#include <span>
#include <sstream>

#include "espalier/data/csv_options.hpp"
#include "espalier/data/csv_records.hpp"

namespace espalier::detail {

/// Reads all of `text` as a finite number, the same in every locale. Returns what was expected if it is none.
template <Scalar S>
std::string_view read_number(std::string_view text, S& value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return "a number";
  if (error == std::errc::result_out_of_range) {
    std::istringstream stream{std::string(text)};
    stream.imbue(std::locale::classic());
    double wide = 0;
    stream >> wide;
    if (!(std::fabs(wide) < 1)) return "a number within the range of its precision";
    value = static_cast<S>(wide);  // what is too small rounds
    return "";
  }
  return std::isfinite(value) ? "" : "a finite number";
}

inline bool is_number(std::string_view text) {
  double ignored = 0;
  return read_number(text, ignored) != "a number";
}

using CsvRow = std::span<const std::string_view>;

/// Do the numbers of a row count its columns, from 0 or from 1? So do headers of tables whose columns have no
/// names.
inline bool counts_columns(CsvRow row) {
  std::vector<std::string_view> numbers;
  std::copy_if(row.begin(), row.end(), std::back_inserter(numbers), is_number);
  for (std::size_t k = 0; k < numbers.size(); ++k)
    if (numbers[k] != detail::format_message("{}", {k + (numbers[0] == "1")})) return false;
  return numbers.size() > 1;
}

inline bool is_missing(std::string_view text) {
  constexpr std::string_view marks[]{"", "?", "NA", "N/A", "null", "-"};
  return std::find(std::begin(marks), std::end(marks), text) != std::end(marks);
}

/// Whether `first` is a header; `second` is empty if there is one row only.
inline bool has_header(const CsvOptions& options, CsvRow first, CsvRow second, std::string_view where) {
  if (options.header != CsvHeader::automatic) return options.header == CsvHeader::yes;
  const auto named = [](const Column& column) { return column.name && *column.name != "last"; };
  if ((options.label && named(*options.label)) ||
      std::any_of(options.target.begin(), options.target.end(), named) ||
      std::any_of(options.ignore.begin(), options.ignore.end(), named))
    return true;
  std::optional<std::string_view> text, number, missing;  // over numbers
  for (std::size_t k = 0; k < std::min(first.size(), second.size()); ++k)
    if (is_number(second[k]))
      (is_number(first[k]) ? number : is_missing(first[k]) ? missing : text) = first[k];
  std::string unclear;
  if (number && (text || missing))
    unclear =
        detail::format_message("{} and {}", {quoted_text(*number), quoted_text(text ? *text : *missing)});
  else if (missing && !text)
    unclear = detail::format_message("{} over a number", {quoted_text(*missing)});
  else if (!second.empty() && counts_columns(first) && !counts_columns(second))
    unclear = "numbers that count the columns";
  if (!unclear.empty())
    fail<FileError>(where,
                    "a header or a row of numbers (the options header and skip rescale_until_feasible it)",
                    unclear);
  return text.has_value();
}

/// The places of the columns by role, checked.
class CsvLayout {
 public:
  /// `header` is empty if there is none. FileError for an unknown or ambiguous column, or if no feature is
  /// left.
  CsvLayout(const CsvOptions& options, CsvRow header, std::size_t width, std::string_view where)
      : width_(width), names_(header.begin(), header.end()), taken_(width, false) {
    for (const Column& column : options.ignore) take(column, where);
    for (const Column& column : options.target) targets.push_back(take(column, where));
    if (options.label) label = take(*options.label, where);
    for (std::size_t k = 0; k < width; ++k)
      if (!taken_[k]) features.push_back(k);
    if (features.empty())
      fail<FileError>(where, "a column of features beside the named ones",
                      detail::format_message("{} in all (fields end at the option separator, '{}')",
                                             {width, options.separator}));
  }

  std::size_t width() const { return width_; }
  std::vector<std::string> feature_names() const {
    std::vector<std::string> result;
    if (!names_.empty())
      for (const std::size_t k : features) result.push_back(names_[k]);
    return result;
  }
  /// For messages, which count from 1: "column 4 of 65 (age)".
  std::string column(std::size_t k) const {
    return detail::format_message(
        "column {} of {}{}",
        {k + 1, width_, names_.empty() ? "" : detail::format_message(" ({})", {names_[k]})});
  }

  std::vector<std::size_t> features, targets;
  std::optional<std::size_t> label;

 private:
  std::size_t take(const Column& column, std::string_view where) {
    const std::size_t k = column.name ? column_of(*column.name, where) : column_of(column.place, where);
    if (taken_[k])
      fail<FileError>(where, "one role for each column",
                      detail::format_message("two for {}", {this->column(k)}));
    taken_[k] = true;
    return k;
  }

  std::size_t column_of(Index place, std::string_view where) const {
    const auto width = static_cast<Index>(width_);
    if (place < -width || place >= width)
      fail<FileError>(where, {"a column from 0 to {}, or from -1 for the last", {width - 1}}, place);
    return static_cast<std::size_t>(place < 0 ? place + width : place);
  }

  std::size_t column_of(const std::string& name, std::string_view where) const {
    const auto count = std::count(names_.begin(), names_.end(), name);
    const std::size_t found =
        static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
    if (name == "last" && (count == 0 || found == width_ - 1)) return width_ - 1;
    if (count == 1 && name != "last") return found;
    std::string header = names_.empty() ? "no header" : "";
    for (const std::string& other : names_) header += (header.empty() ? "" : ", ") + other;
    fail<FileError>(where, {"one column {}", {quoted_text(name)}}, quoted_text(header));
  }

  std::size_t width_;
  std::vector<std::string> names_;
  std::vector<bool> taken_;
};

}  // namespace espalier::detail
