// SPDX-License-Identifier: MIT
// Which column of a CSV text plays which role.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/data/csv_header.hpp"
#include "espalier/data/preparation.hpp"

namespace espalier::detail {

/// The places of the columns by role, checked.
class CsvLayout {
 public:
  /// `header` is empty if there is none. FileError for an unknown or ambiguous column, or if nothing is left
  /// to read.
  [[gnu::cold]] CsvLayout(const CsvOptions& options, CsvRow header, std::size_t width, std::string_view where)
      : width_(width), names_(header.begin(), header.end()), taken_(width, false) {
    place_names();
    for (const Column& column : options.ignore) take(column, where);
    for (const Column& column : options.target) targets.push_back(take(column, where));
    if (options.label) label = take(*options.label, where);
    if (options.weight) weight = take(*options.weight, where);
    for (std::size_t k = 0; k < width; ++k)
      if (!taken_[k]) features.push_back(k);
    const bool one_text = width_ == 1 && !names_.empty() && other_separator(names_[0]) != '\0';
    if (features.empty() && (one_text || (!label && targets.empty())))
      fail<FileError>(where, "a column of features beside the named ones",
                      format_message("{} in all (fields end at the option separator, {})",
                                     {width, quoted_text({&options.separator, 1})}));
    for (const Column& column : options.categories) categories.push_back(column_of(column, where));
    for (const Column& column : options.dates) {
      dates.push_back(column_of(column, where));
      if (taken_[dates.back()] || is_in(categories, dates.back()))
        fail<FileError>(where, "dates that are features, and no categories", this->column(dates.back()));
    }
  }

  /// For a second file: the features of the first, by their names, or by their places if there are none. The
  /// label, targets and weight may be missing; other columns are not read.
  [[gnu::cold]] CsvLayout(CsvRow header, std::size_t width, std::string_view where,
                          const Preparation& preparation)
      : width_(width), names_(header.begin(), header.end()), taken_(width, false) {
    place_names();
    const CsvOptions& options = preparation.options;
    const bool labels = preparation.by_name ? width == static_cast<std::size_t>(preparation.width)
                                            : has_labels(preparation, where);
    const auto optional = [&](const Column& column) -> std::optional<std::size_t> {
      const bool there = preparation.by_name && column.name ? count(*column.name) > 0 : labels;
      return there ? std::optional(take(column, where)) : std::nullopt;
    };
    if (options.label) label = optional(*options.label);
    if (options.weight) weight = optional(*options.weight);
    for (const Column& column : options.target)
      if (const auto place = optional(column)) targets.push_back(*place);
    if (!targets.empty() && targets.size() < options.target.size())
      fail<FileError>(where, {"all {} targets or none", {options.target.size()}}, targets.size());
    refuse_missing(preparation, where);
    for (const PreparedColumn& column : preparation.columns)
      features.push_back(preparation.by_name ? take(Column(column.name), where)
                                             : place_of(column.place, preparation, !labels));
    refuse_other_names(preparation, where);
  }

  std::size_t width() const { return width_; }
  bool named() const { return !names_.empty(); }
  std::string name(std::size_t k) const { return named() ? names_[k] : std::string(); }
  /// For messages, which count from 1: "column 4 of 65 (age)".
  std::string column(std::size_t k) const {
    return format_message(
        "column {} of {}{}",
        {k + 1, width_, name(k).empty() ? "" : format_message(" ({})", {shown_text(names_[k])})});
  }
  /// Is the name enough to find the column?
  bool known_by_name(std::size_t k) const {
    return named() && !names_[k].empty() && names_[k] != "last" && count(names_[k]) == 1;
  }
  /// The column as a second file finds it.
  Column kept(std::size_t k) const { return known_by_name(k) ? Column(names_[k]) : Column(k); }

  static bool is_in(const std::vector<std::size_t>& places, std::size_t place) {
    return std::find(places.begin(), places.end(), place) != places.end();
  }

  std::vector<std::size_t> features, targets, categories, dates;
  std::optional<std::size_t> label, weight;

 private:
  /// A table of 200,000 columns is read by their names, too.
  void place_names() {
    for (std::size_t k = 0; k < names_.size(); ++k) {
      const auto [at, is_new] = places_.emplace(names_[k], static_cast<int>(k));
      if (!is_new) at->second = -1;
    }
  }
  /// 0, 1, or 2 for more.
  int count(std::string_view name) const {
    const auto at = places_.find(name);
    return at == places_.end() ? 0 : at->second < 0 ? 2 : 1;
  }

  std::size_t take(const Column& column, std::string_view where) {
    const std::size_t k = column_of(column, where);
    if (taken_[k])
      fail<FileError>(where, "one role for each column", format_message("two for {}", {this->column(k)}));
    taken_[k] = true;
    return k;
  }

  [[gnu::cold]] std::size_t column_of(const Column& column, std::string_view where) const {
    if (column.name) return column_of(*column.name, where);
    const auto width = static_cast<Index>(width_);
    if (column.place < -width || column.place >= width)
      fail<FileError>(where, {"a column from 0 to {}, or from -1 for the last", {width - 1}}, column.place);
    return static_cast<std::size_t>(column.place < 0 ? column.place + width : column.place);
  }

  [[gnu::cold]] std::size_t column_of(const std::string& name, std::string_view where) const {
    const int count = this->count(name);
    const std::size_t found = count == 1 ? static_cast<std::size_t>(places_.find(name)->second) : width_;
    if (name == "last" && (count == 0 || found == width_ - 1)) return width_ - 1;
    if (count == 1 && name != "last") return found;
    std::string header = names_.empty() ? "no header" : "";
    for (const std::string& other : names_) header += (header.empty() ? "" : ", ") + other;
    const char separator = names_.size() == 1 ? other_separator(header) : '\0';
    const std::string hint = separator == '\0' ? ""
                                               : format_message(": one column, is the option separator {}?",
                                                                {quoted_text({&separator, 1})});
    fail<FileError>(where, {"one column {}", {quoted_text(name)}}, quoted_text(header, 400) + hint);
  }

  static char other_separator(std::string_view text) {
    for (const char c : {';', '\t', '|', ','})
      if (text.find(c) != text.npos) return c;
    return '\0';
  }

  /// Without names: does the file have all columns of the first, or those of a file without labels?
  [[gnu::cold]] bool has_labels(const Preparation& preparation, std::string_view where) const {
    const auto roles = static_cast<std::size_t>(preparation.label_places.size());
    const auto width = static_cast<std::size_t>(preparation.width);
    if (width_ == width) return true;
    if (width_ + roles == width) return false;
    fail<FileError>(where, {"{} columns as in the first file, or {} without labels", {width, width - roles}},
                    width_);
  }

  /// Columns that are found by their places must have the names that they had there.
  [[gnu::cold]] void refuse_other_names(const Preparation& preparation, std::string_view where) const {
    for (std::size_t k = 0; named() && k < features.size(); ++k)
      if (const std::string& name = preparation.columns[k].name; names_[features[k]] != name)
        fail<FileError>(where,
                        {"the names of the first file in its order, since not each is there once: {} for {}",
                         {quoted_text(name), column(features[k])}},
                        "another");
  }

  static std::size_t place_of(Index place, const Preparation& preparation, bool without_labels) {
    const auto before = std::count_if(preparation.label_places.begin(), preparation.label_places.end(),
                                      [&](Index other) { return other < place; });
    return static_cast<std::size_t>(without_labels ? place - before : place);
  }

  [[gnu::cold]] void refuse_missing(const Preparation& preparation, std::string_view where) const {
    if (!preparation.by_name) return;
    std::string missing, twice, here;
    const auto add = [](std::string& list, const std::string& name) {
      list += (list.empty() ? "" : ", ") + name;
    };
    for (const PreparedColumn& column : preparation.columns)
      if (const int there = count(column.name); there != 1) add(there == 0 ? missing : twice, column.name);
    for (const std::string& name : names_) add(here, name);
    std::string found;
    if (!missing.empty()) found = format_message("no {}", {quoted_text(missing, 400)});
    if (!twice.empty())
      found +=
          format_message("{}{} more than once", {found.empty() ? "" : ", and ", quoted_text(twice, 400)});
    if (!found.empty())
      fail<FileError>(where,
                      {"each of the {} feature columns of the first file once", {preparation.columns.size()}},
                      format_message("{}, in a header {}", {found, quoted_text(here, 400)}));
  }

  std::size_t width_;
  std::vector<std::string> names_;
  std::vector<bool> taken_;
  std::map<std::string, int, std::less<>> places_;  ///< -1 for a name that several columns have
};

}  // namespace espalier::detail
