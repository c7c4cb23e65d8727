// SPDX-License-Identifier: MIT
// Data sets from CSV files: RFC 4180, plain or (with espalier/data/gzip.hpp) gzip, with or without a header.
#pragma once

#include <cctype>
#include <map>

#include "espalier/data/csv_layout.hpp"
#include "espalier/data/dataset.hpp"
#include "espalier/data/file.hpp"

namespace espalier {
namespace detail {

/// Distinct labels, numbered as they come; sorted into classes at the end, when all are known.
class CsvClasses {
 public:
  int number_of(std::string_view text, std::size_t line) {
    const auto known = numbers_.find(text);
    if (known != numbers_.end()) return known->second;
    seen_.emplace_back(text);
    lines_.push_back(line);
    return numbers_.emplace(text, static_cast<int>(numbers_.size())).first->second;
  }

  /// The class names (`wanted`, or those seen, sorted); turns `labels` from numbers into classes.
  std::vector<std::string> finish(std::vector<std::string> wanted, std::vector<int>& labels,
                                  std::string_view source) const {
    const bool numeric = std::all_of(seen_.begin(), seen_.end(), is_number) &&
                         std::all_of(wanted.begin(), wanted.end(), is_number);
    if (wanted.empty()) wanted = sorted(numeric);
    std::map<std::string, int> class_of;
    for (const std::string& name : wanted)
      class_of.emplace(key(name, numeric), static_cast<int>(class_of.size()));
    if (class_of.size() != wanted.size()) fail("csv options", "classes that differ", "one twice");
    std::vector<int> classes;
    for (std::size_t k = 0; k < seen_.size(); ++k) {
      const auto found = class_of.find(key(seen_[k], numeric));
      if (found == class_of.end())
        fail<FileError>(detail::format_message("{}:{}", {source, lines_[k]}),
                        {"one of the {} classes in the options", {wanted.size()}}, quoted_text(seen_[k]));
      classes.push_back(found->second);
    }
    for (int& label : labels) label = classes[static_cast<std::size_t>(label)];
    return wanted;
  }

 private:
  static double value(const std::string& text) {
    double result = 0;
    read_number(text, result);
    return result + 0.0;  // no -0
  }
  /// Numbers are the same class however they are written: 1 and 1.0. Where doubles no longer tell whole
  /// numbers apart, the text does.
  static std::string key(const std::string& text, bool numeric) {
    return numeric && std::fabs(value(text)) < 0x1p53 ? detail::format_message("{}", {value(text)}) : text;
  }

  std::vector<std::string> sorted(bool numeric) const {
    std::vector<std::string> names;
    for (const std::string& text : seen_) names.push_back(key(text, numeric));
    std::sort(names.begin(), names.end(), [numeric](const std::string& a, const std::string& b) {
      return numeric && value(a) != value(b) ? value(a) < value(b) : a < b;
    });
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }

  std::map<std::string, int, std::less<>> numbers_;
  std::vector<std::string> seen_;
  std::vector<std::size_t> lines_;  ///< where each was seen first
};

/// The rows of a CSV text on their way into a data set.
template <Scalar S>
class CsvTable {
 public:
  CsvTable(CsvLayout layout, std::string source) : layout_(std::move(layout)), source_(std::move(source)) {}

  void add(CsvRow row, std::size_t line) {
    if (row.size() != layout_.width())
      fail<FileError>(detail::format_message("{}:{}", {source_, line}),
                      {"{} fields as in the first row", {layout_.width()}}, row.size());
    for (const std::size_t k : layout_.features) values_.push_back(number(row, k, line));
    for (const std::size_t k : layout_.targets) targets_.push_back(number(row, k, line));
    if (layout_.label) labels_.push_back(label(row, *layout_.label, line));
    ++samples_;
  }

  BasicDataset<S> finish(const CsvOptions& options) {
    BasicDataset<S> data;
    data.inputs = matrix(values_, layout_.features.size());
    data.targets = matrix(targets_, layout_.targets.size());
    data.feature_names = layout_.feature_names();
    if (layout_.label) data.class_names = classes_.finish(options.classes, labels_, source_);
    data.labels = std::move(labels_);
    return data;
  }

 private:
  [[noreturn]] void refuse(CsvRow row, std::size_t k, std::size_t line, std::string_view expected) const {
    fail<FileError>(detail::format_message("{}:{}, {}", {source_, line, layout_.column(k)}), expected,
                    row[k].empty() ? "an empty field" : quoted_text(row[k]));
  }
  S number(CsvRow row, std::size_t k, std::size_t line) const {
    S value = 0;
    const std::string_view expected = read_number(row[k], value);
    if (!expected.empty()) refuse(row, k, line, expected);
    return value;
  }
  int label(CsvRow row, std::size_t k, std::size_t line) {
    double value = 0;
    const std::string_view expected = read_number(row[k], value);  // text is as good, but not nan
    if (row[k].empty() || !(expected.empty() || expected == "a number")) refuse(row, k, line, "a label");
    return classes_.number_of(row[k], line);
  }
  Matrix<S> matrix(const std::vector<S>& values, std::size_t rows) const {
    return Eigen::Map<const Matrix<S>>(values.data(), static_cast<Index>(rows), rows > 0 ? samples_ : 0);
  }

  CsvLayout layout_;
  std::string source_;
  CsvClasses classes_;
  std::vector<S> values_, targets_;
  std::vector<int> labels_;
  Index samples_ = 0;
};

inline void check(const CsvOptions& options) {
  if (options.label && !options.target.empty()) fail("csv options", "a label or targets", "both");
  if (!options.classes.empty() && !options.label)
    fail("csv options", "a label column for the classes", "none");
  if (options.skip < 0) fail("csv options", "skip >= 0", options.skip);
  if (std::string_view("\"\r\n+-.").find(options.separator) != std::string_view::npos ||
      std::isalnum(static_cast<unsigned char>(options.separator)))
    fail("csv options", "a separator that cannot be part of a number",
         detail::format_message("'{}'", {options.separator}));
}

template <Scalar S>
BasicDataset<S> parse_csv(std::string text, const CsvOptions& options, const std::string& source) {
  check(options);
  CsvRecords records(std::move(text), options.separator, source);
  for (Index k = 0; k < options.skip; ++k) records.skip_line();
  if (!records.next()) fail<FileError>(source, "at least one row", "none");
  const std::vector<std::string_view> first = records.fields();
  const std::size_t first_line = records.line();
  const std::string where = records.where();
  bool more = records.next();
  const bool header = has_header(options, first, more ? CsvRow(records.fields()) : CsvRow(), where);
  if (header && !more) fail<FileError>(source, "a row after the header", "none");
  CsvTable<S> table(CsvLayout(options, header ? CsvRow(first) : CsvRow(), first.size(), where), source);
  if (!header) table.add(first, first_line);
  for (; more; more = records.next()) table.add(records.fields(), records.line());
  return table.finish(options);
}

}  // namespace detail

/// Reads a file of numbers, one sample a row: `read_csv("iris.csv", {.label = "species"})`. Columns with no
/// role in the options are features. Messages count lines and columns from 1. FileError for anything that is
/// not as announced: an unreadable or empty file, rows of different lengths, an empty field, text among
/// numbers, nan, an unknown column.
template <Scalar S = float>
BasicDataset<S> read_csv(const std::filesystem::path& path, const CsvOptions& options = {}) {
  return detail::parse_csv<S>(detail::read_file(path), options, path.string());
}

/// The same from text in memory.
template <Scalar S = float>
BasicDataset<S> parse_csv(std::string_view text, const CsvOptions& options = {}) {
  return detail::parse_csv<S>(std::string(text), options, "csv text");
}

}  // namespace espalier
