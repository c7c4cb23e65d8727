// SPDX-License-Identifier: MIT
// Is the first row of a CSV text a header?
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/csv_number.hpp"

namespace espalier::detail {

using CsvRow = std::span<const std::string_view>;

/// Do the numbers of a row count its columns, from 0 or from 1? So do headers of tables whose columns have no
/// names.
[[gnu::cold]] inline bool counts_columns(CsvRow row) {
  std::vector<std::string_view> numbers;
  std::copy_if(row.begin(), row.end(), std::back_inserter(numbers), is_number);
  for (std::size_t k = 0; k < numbers.size(); ++k)
    if (numbers[k] != format_message("{}", {k + (numbers[0] == "1")})) return false;
  return numbers.size() > 1;
}

/// Words that stand in headers, and hardly ever as the label of a sample.
inline bool is_header_word(std::string_view text) {
  constexpr std::string_view words[]{"label",   "labels",  "class",  "classes", "target",
                                     "species", "outcome", "output", "category"};  // not y: as in y and n
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(std::begin(words), std::end(words), lower) != std::end(words);
}

/// What in a first row of numbers over numbers says that it is a header after all; empty if nothing does.
[[gnu::cold]] inline std::string hidden_header(CsvRow first, CsvRow second) {
  for (std::size_t k = 0; k < std::min(first.size(), second.size()); ++k)
    if (is_header_word(first[k]) && first[k] != second[k])
      return format_message("numbers beside {}", {quoted_text(first[k])});
  if (counts_columns(first) && !counts_columns(second)) return "numbers that count the columns";
  if (first.size() == 1 && first[0] == "0" && second[0].find('.') != second[0].npos)
    return "'0' over a number with decimals";
  return {};
}

/// Are columns known by their names?
[[gnu::cold]] inline bool names_columns(const CsvOptions& options) {
  const auto named = [](const Column& column) { return column.name && *column.name != "last"; };
  const auto any = [&](const Columns& all) { return std::any_of(all.begin(), all.end(), named); };
  return (options.label && named(*options.label)) || (options.weight && named(*options.weight)) ||
         any(options.target) || any(options.ignore) || any(options.categories) || any(options.dates);
}

/// Whether `first` is a header; `second` is empty if there is one row only.
[[gnu::cold]] inline bool has_header(const CsvOptions& options, CsvRow first, CsvRow second,
                                     std::string_view where) {
  if (options.header != CsvHeader::automatic) return options.header == CsvHeader::yes;
  if (names_columns(options)) return true;
  const CsvNumbers numbers(options);
  std::optional<std::string_view> text, number, missing;  // over numbers
  for (std::size_t k = 0; k < std::min(first.size(), second.size()); ++k)
    if (numbers.is_number(second[k]) && !numbers.is_gap(second[k]))
      (numbers.is_gap(first[k]) ? missing : numbers.is_number(first[k]) ? number : text) = first[k];
  std::string unclear;
  if (number && text)
    unclear = format_message("{} and {}", {quoted_text(*number), quoted_text(*text)});
  else if (missing && !text && !number)
    unclear = format_message("{} over a number", {quoted_text(*missing)});
  else if (!second.empty() && !text)
    unclear = hidden_header(first, second);
  if (!unclear.empty())
    fail<FileError>(where, "a header or a row of numbers (the options header and skip settle it)", unclear);
  return text.has_value();
}

}  // namespace espalier::detail
