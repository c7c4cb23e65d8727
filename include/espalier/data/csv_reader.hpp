// SPDX-License-Identifier: MIT
// The rows of a CSV text behind its header, as often as asked for.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/data/csv_header.hpp"
#include "espalier/data/csv_records.hpp"

namespace espalier::detail {

/// Finds where the samples begin, whether they have names, and how many columns there are; then gives the
/// samples.
class CsvReader {
 public:
  /// Looks at the first rows. FileError if there are none, or if they may have a header or not.
  [[gnu::cold]] CsvReader(CsvSource& source, const CsvOptions& options) : source_(source), options_(options) {
    read_separator_line();
    open();
    look();
    if (rows_.empty()) fail<FileError>(source_.name(), "at least one row", "none");
    if (!comment_is_header() && is_header()) names_ = rows_[0], before_ = 1;
    if (!names_.empty()) shape_header();
    width_ = names_.empty() ? rows_[0].size() : names_.size();
    if (before_ >= rows_.size()) fail<FileError>(source_.name(), "a row after the header", "none");
  }

  const std::vector<std::string>& names() const { return names_; }
  std::size_t width() const { return width_; }
  const std::string& where() const { return where_; }  ///< of the first row
  const std::string& name() const { return source_.name(); }
  char separator() const { return options_.separator; }
  std::size_t first_line() const { return lines_[before_]; }  ///< of a sample
  std::size_t empty_rows() const { return empty_; }

  /// To the first sample.
  void start() {
    open();
    for (std::size_t k = 0; k < before_; ++k) next_record();
    empty_ = 0;
  }

  /// The fields of the next sample, as many as there are columns; false at the end.
  bool next() {
    if (!next_record()) return false;
    fields_ = records_->fields();
    while (options_.trailing_separators && fields_.size() > width_ && fields_.back().empty())
      fields_ = fields_.first(fields_.size() - 1);
    if (fields_.size() != width_) refuse_width();
    return true;
  }
  CsvRow fields() const { return fields_; }
  std::size_t line() const { return records_->line(); }

 private:
  static CsvRow row(const std::vector<std::string>& fields, std::vector<std::string_view>& views) {
    views.assign(fields.begin(), fields.end());
    return views;
  }

  /// Excel's first line, `sep=;`.
  [[gnu::cold]] void read_separator_line() {
    CsvRecords first(source_, '\n');
    std::string_view line = first.rest_of_line();
    if (line.size() == 7 && line.front() == '"' && line.back() == '"') line = line.substr(1, 5);
    if (line.size() != 5 || line.substr(0, 4) != "sep=") return;
    options_.separator = line[4];
    options_.skip = std::max(options_.skip, Index{1});
  }

  void open() {
    records_.emplace(source_, options_.separator, options_.comment);
    for (Index k = 0; k < options_.skip; ++k) records_->skip_line();
  }

  /// Rows of separators alone are as good as blank lines: spreadsheets leave them behind.
  bool next_record() {
    while (records_->next()) {
      const auto& fields = records_->fields();
      if (fields.size() < 2 || std::any_of(fields.begin(), fields.end(), [](auto f) { return !f.empty(); }))
        return true;
      ++empty_;
    }
    return false;
  }

  [[gnu::cold]] void look() {
    constexpr std::size_t most = 4;  // header, units, and two samples, of which one may have gaps
    while (rows_.size() < most && next_record()) {
      if (rows_.empty()) where_ = records_->where(), comment_ = records_->comment_line();
      rows_.emplace_back(records_->fields().begin(), records_->fields().end());
      lines_.push_back(records_->line());
    }
  }

  /// np.savetxt writes `# a,b,c` over the rows.
  [[gnu::cold]] bool comment_is_header() {
    if (options_.header == CsvHeader::no || comment_.empty()) return false;
    const std::string marks{options_.comment, ' ', '\t'};
    CsvSource line(comment_.substr(std::min(comment_.find_first_not_of(marks), comment_.size())),
                   source_.name());
    CsvRecords names(line, options_.separator);
    const auto number = [](std::string_view text) { return is_number(text); };
    if (!names.next() || names.fields().size() != rows_[0].size() ||
        std::any_of(names.fields().begin(), names.fields().end(), number) ||
        std::none_of(rows_[0].begin(), rows_[0].end(), number))
      return false;
    names_.assign(names.fields().begin(), names.fields().end());
    return true;
  }

  [[gnu::cold]] bool is_header() {
    std::vector<std::string> under;  // the first row has these below it: samples, gaps filled from the next
    const std::size_t sample = options_.units ? 2 : 1;
    if (rows_.size() > sample) under = rows_[sample];
    const CsvNumbers numbers(options_);
    if (rows_.size() > sample + 1)
      for (std::size_t k = 0; k < std::min(under.size(), rows_[sample + 1].size()); ++k)
        if (numbers.is_gap(under[k])) under[k] = rows_[sample + 1][k];
    std::vector<std::string_view> first, second;
    const bool header = detail::has_header(options_, row(rows_[0], first), row(under, second), where_);
    if (!header && options_.header == CsvHeader::automatic) refuse_texts(numbers);
    return header;
  }

  /// Without a header: one row of text is one, and two over numbers are one with units.
  [[gnu::cold]] void refuse_texts(const CsvNumbers& numbers) const {
    const auto has_numbers = [&](const std::vector<std::string>& fields) {
      return std::any_of(fields.begin(), fields.end(),
                         [&](const std::string& f) { return numbers.is_number(f); });
    };
    if (rows_[0].size() < 2 || has_numbers(rows_[0])) return;
    if (rows_.size() == 1)
      fail<FileError>(where_, "a header and rows under it, or rows of numbers",
                      format_message("one row of text that begins with {}", {quoted_text(rows_[0][0])}));
    if (rows_.size() > 2 && !has_numbers(rows_[1]) && has_numbers(rows_[2]))
      fail<FileError>(
          where_,
          "a header over numbers, or rows of numbers (the options header and skip settle it, units "
          "skips a row of units under the header)",
          "two rows of text over numbers");
  }

  [[gnu::cold]] void shape_header() {
    const bool marked = names_[0].starts_with('#');
    if (marked) names_[0].erase(0, std::min(names_[0].find_first_not_of("# \t"), names_[0].size()));
    const auto all_have = [&](std::size_t width) {
      return rows_.size() > before_ &&
             std::all_of(rows_.begin() + static_cast<std::ptrdiff_t>(before_), rows_.end(),
                         [&](const auto& r) { return r.size() == width; });
    };
    if (names_[0].empty() && options_.separator == ' ' && all_have(names_.size() - 1))
      names_.erase(names_.begin());
    while (options_.trailing_separators && names_.size() > 1 && names_.back().empty()) names_.pop_back();
    if (marked && rows_.size() > before_ && rows_[before_].size() != names_.size())
      fail<FileError>(
          where_,
          {"as many names as there are fields in the next row, {} (the option comment = '#' skips "
           "lines that begin so)",
           {rows_[before_].size()}},
          format_message("{}, behind '#'", {names_.size()}));
    if (all_have(names_.size() + 1) && are_row_names()) names_.insert(names_.begin(), "");
    before_ += before_ > 0 && options_.units;
  }

  /// R leaves out the name over the names of the rows: are the first fields texts, or do they count from 1?
  [[gnu::cold]] bool are_row_names() const {
    bool texts = true, counts = true;
    for (std::size_t k = before_; k < rows_.size(); ++k) {
      const std::string& field = rows_[k][0];
      texts = texts && !field.empty() && !is_number(field);
      counts = counts && field == std::to_string(k + 1 - before_);
    }
    return rows_.size() > before_ + 1 && !rows_[before_].back().empty() && (texts || counts);
  }

  [[noreturn, gnu::cold]] void refuse_width() const {
    const char* const hint = fields_.size() > width_ && fields_.back().empty()
                                 ? " (the option trailing_separators reads separators too many)"
                             : rows_[0][0].starts_with('#')
                                 ? " (the option comment = '#' skips lines that begin so)"
                                 : "";
    fail<FileError>(records_->where(), {"{} fields as in the first row{}", {width_, hint}}, fields_.size());
  }

  CsvSource& source_;
  CsvOptions options_;
  std::optional<CsvRecords> records_;
  std::vector<std::vector<std::string>> rows_;  ///< the first ones
  std::vector<std::size_t> lines_;
  std::string where_, comment_;
  std::vector<std::string> names_;
  std::size_t before_ = 0, width_ = 0, empty_ = 0;
  CsvRow fields_;
};

}  // namespace espalier::detail
