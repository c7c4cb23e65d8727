// SPDX-License-Identifier: MIT
// Fields of a CSV text as numbers, as missing values, or as neither.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>

#include "espalier/data/csv_options.hpp"

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

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// How the options write numbers and gaps.
class CsvNumbers {
 public:
  explicit CsvNumbers(const CsvOptions& options)
      : decimal_(options.decimal),
        thousands_(options.thousands),
        missing_(options.missing),
        usual_(options.usual_marks) {}

  template <Scalar S>
  std::string_view read(std::string_view text, S& value) const {
    if (decimal_ == '.' && thousands_ == '\0') return read_number(text, value);
    const std::string plain = in_c(text);
    return read_number(std::string_view(plain), value);
  }

  bool is_number(std::string_view text) const {
    double ignored = 0;
    return read(text, ignored) != "a number";
  }

  /// The marks of pandas, and those that people write: ? - -- . and NULL however it is written.
  bool is_gap(std::string_view text) const {
    constexpr std::string_view usual[]{
        "",    "?", "NA", "N/A", "n/a",  "NaN",  "nan",      "NAN",    "None",    "<NA>",    "#N/A",
        "#NA", "-", "--", ".",   "-nan", "-NaN", "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"};
    if (std::find(missing_.begin(), missing_.end(), text) != missing_.end()) return true;
    return usual_ &&
           (std::find(std::begin(usual), std::end(usual), text) != std::end(usual) || is_null(text));
  }

 private:
  static bool is_null(std::string_view text) {
    constexpr std::string_view null = "null";
    return text.size() == null.size() &&
           std::equal(text.begin(), text.end(), null.begin(), [](char a, char b) { return (a | 0x20) == b; });
  }

  /// The number as C writes it. What has the marks in other places becomes text: 1,2 with thousands of ','.
  std::string in_c(std::string_view text) const {
    std::string plain;
    std::size_t group = text.npos;  // digits since the last mark of thousands
    bool whole = true;              // before the mark of decimals
    for (std::size_t k = 0; k < text.size(); ++k) {
      const char c = text[k];
      if (whole && thousands_ != '\0' && c == thousands_) {
        const std::size_t digits = group == text.npos ? leading_digits(plain) : group;
        if (digits == 0 || digits > 3 || (group != text.npos && digits != 3)) return "no number";
        group = 0;
        continue;
      }
      if (whole && !is_digit(c) && !(k == 0 && (c == '-' || c == '+'))) {
        if (group != text.npos && group != 3) return "no number";
        whole = false;
        group = text.npos;
      }
      if (c == '.' && decimal_ != '.') return "no number";
      plain += c == decimal_ ? '.' : c;
      if (whole && group != text.npos) ++group;
    }
    return whole && group != text.npos && group != 3 ? "no number" : plain;
  }
  static std::size_t leading_digits(std::string_view plain) {
    return static_cast<std::size_t>(std::count_if(plain.begin(), plain.end(), is_digit));
  }

  char decimal_, thousands_;
  std::vector<std::string> missing_;
  bool usual_;
};

}  // namespace espalier::detail
