// SPDX-License-Identifier: MIT
// What reading a CSV text finds in its columns that is no number, and the one message about all that no
// option reads.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/data/csv_classes.hpp"
#include "espalier/data/csv_layout.hpp"

namespace espalier::detail {

enum class CsvRole { feature, target, weight, label };

/// Fields of one kind: how many, and the first.
struct CsvFound {
  std::size_t count = 0, line = 0;
  std::string first;

  void add(std::string_view field, std::size_t at) {
    if (count++ > 0) return;
    line = at;
    first = field;
  }
  /// "gaps in 177 of 891 rows, the first in line 7: an empty field"
  [[gnu::cold]] std::string in(std::size_t rows, std::string_view what, std::string_view remark = "") const {
    return format_message(
        "{} in {} of {} rows{}, the first in line {}: {}",
        {what, count, rows, remark, line, first.empty() ? "an empty field" : quoted_text(first)});
  }
};

/// What most columns do not have: few numbers are anything else.
struct CsvOdd {
  CsvClasses values;                             ///< of a text column
  CsvFound gaps, texts;                          ///< texts: in a column of numbers
  std::vector<std::size_t> unseen;               ///< numbers of texts that the first file did not have
  std::set<std::string, std::less<>> different;  ///< texts
};

/// A column that is read.
struct CsvColumn {
  static constexpr std::size_t most_different = 1000;  ///< texts that are told apart for the message

  std::size_t place;
  CsvRole role;
  bool text = false;                   ///< fields are categories, not numbers
  std::optional<DateOrder> date = {};  ///< fields are dates, so written
  bool may_index = false;              ///< could still be one that counts the rows or names them
  bool only_empty = true;
  bool left_out = false;
  std::unique_ptr<CsvOdd> details = {};  ///< null: nothing

  const CsvOdd& odd() const {
    static const CsvOdd nothing;
    return details ? *details : nothing;
  }
  CsvOdd& note() {
    if (!details) details = std::make_unique<CsvOdd>();
    return *details;
  }
  /// "'w' in line 2, 'v' in line 4 and 7 more"
  [[gnu::cold]] std::string unseen_texts() const {
    std::string all;
    constexpr std::size_t most = 5;
    const std::vector<std::size_t>& unseen = odd().unseen;
    for (std::size_t k = 0; k < std::min(most, unseen.size()); ++k)
      all += format_message("{}{} in line {}", {k ? ", " : "", quoted_text(odd().values.text(unseen[k])),
                                                odd().values.line(unseen[k])});
    return all + (unseen.size() > most ? format_message(" and {} more", {unseen.size() - most}) : "");
  }
  void add_gap(std::string_view field, std::size_t line) {
    note().gaps.add(field, line);
    only_empty = only_empty && field.empty();
    may_index = false;
  }
  void add_text(std::string_view field, std::size_t line) {
    auto& different = note().different;
    note().texts.add(field, line);
    only_empty = false;
    if (different.find(field) != different.end())
      may_index = false;
    else if (different.size() <= most_different)
      different.emplace(field);
  }
};

/// The columns with fields that the options do not read, in one message.
class CsvProblems {
 public:
  CsvProblems(const CsvLayout& layout, const CsvOptions& options, std::size_t rows, std::string_view source)
      : layout_(layout), options_(options), rows_(rows), source_(source) {}

  [[gnu::cold]] void look(const CsvColumn& column) {
    if (column.left_out) return;
    const bool filled = column.role == CsvRole::feature && options_.gaps != Gaps::refuse;
    const bool dropped =
        column.role != CsvRole::feature && (options_.drop_unlabeled || options_.gaps == Gaps::drop);
    const std::size_t different = column.text ? column.odd().values.size() : column.odd().different.size();
    const bool many = different > CsvColumn::most_different;
    const std::string count = format_message("{}{} different", {many ? "more than " : "", different - many});
    if (column.odd().texts.count > 0) {
      add(column, column.odd().texts, column.odd().texts.in(rows_, "text", " (" + count + ")"));
      texts_ = texts_ || (column.role == CsvRole::feature && known_ == nullptr);
      text_targets_ = text_targets_ || (column.role == CsvRole::target && known_ == nullptr);
      look_for_dates(column);
      first_row_ = first_row_ && column.odd().texts.count == 1;
      many_ = many_ || (texts_ && column.role == CsvRole::feature && options_.text == Text::one_hot);
    }
    if (column.odd().gaps.count > 0 && !filled && !dropped) {
      add(column, column.odd().gaps, column.odd().gaps.in(rows_, "gaps"));
      (column.role == CsvRole::feature ? gaps_ : unlabeled_) = true;
    } else if (column.odd().gaps.count == rows_ && filled && options_.gaps != Gaps::drop) {
      add(column, column.odd().gaps, "a gap in every row: nothing to fill them with");
    }
    if (!column.odd().unseen.empty() && options_.gaps == Gaps::refuse) add_unseen(column);
    if (column.text && column.role == CsvRole::feature && known_ == nullptr &&
        different > static_cast<std::size_t>(options_.max_categories)) {
      add(column, {2, 0, ""}, format_message("{} texts in {} rows", {count, rows_}));
      many_ = true;
    }
  }

  /// For a second file: the columns of the first.
  void set_known(const Preparation* known) { known_ = known; }

  /// FileError if there was anything.
  [[gnu::cold]] void refuse(std::size_t first_line) const {
    if (count_ == 0) return;
    if (fields_ == 1)
      fail<FileError>(format_message("{}:{}, {}", {source_, only_.line, only_column_}),
                      expected_ + hint(first_line),
                      only_.first.empty() ? "an empty field" : quoted_text(only_.first));
    fail<FileError>(
        source_, "numbers without gaps in the columns that are read" + hint(first_line),
        format_message("{} with other fields{}",
                       {count_ == 1 ? std::string("a column") : std::to_string(count_) + " columns",
                        list_ + (count_ > most_listed ? "\n  and others" : "")}));
  }

 private:
  static constexpr std::size_t most_listed = 100;  ///< columns in a message; whoever has more has seen enough

  /// With what it is read as, where that is no feature: "column 3 of 3 (price), a target".
  [[gnu::cold]] std::string name_of(const CsvColumn& column) const {
    return layout_.column(column.place) + (column.role == CsvRole::target   ? ", a target"
                                           : column.role == CsvRole::weight ? ", the weight"
                                                                            : "");
  }

  [[gnu::cold]] void add(const CsvColumn& column, const CsvFound& found, const std::string& what) {
    const bool same = count_ > 0 && only_column_ == name_of(column);
    count_ += !same;
    fields_ += found.count;
    only_ = found;
    only_column_ = name_of(column);
    expected_ = column.role == CsvRole::label ? "a label" : "a number";
    if (count_ > most_listed) return;
    list_ += same ? "; " + what : "\n  " + only_column_ + ": " + what;
  }

  [[gnu::cold]] void look_for_dates(const CsvColumn& column) {
    if (column.role != CsvRole::feature || known_ != nullptr) return;
    const std::string& text = column.odd().texts.first;
    const bool year_last = DateReader(text, DateOrder::day_month_year).parse();
    dates_ = dates_ || year_last || DateReader(text, DateOrder::year_month_day).parse();
    year_last_ = year_last_ || year_last;
  }

  [[gnu::cold]] void add_unseen(const CsvColumn& column) {
    add(column, {2, 0, ""},
        format_message("texts that the first file does not have: {}", {column.unseen_texts()}));
    gaps_ = true;
  }

  [[gnu::cold]] std::string hint(std::size_t first_line) const {
    std::string hint;
    const auto say = [&](bool when, std::string_view what) {
      if (when) hint += (hint.empty() ? " (the option " : "; ") + std::string(what);
    };
    say(gaps_, "gaps fills gaps or drops their rows");
    say(unlabeled_, "drop_unlabeled leaves out rows without a label or target");
    say(dates_, "dates reads dates and times");
    say(year_last_, "date_order tells whether the day or the month is first");
    say(texts_ && options_.text == Text::refuse, "text = Text::one_hot reads texts");
    say(many_, format_message("max_categories, {}, is the most that text = Text::one_hot reads",
                              {options_.max_categories}));
    say(known_ == nullptr && (gaps_ || texts_ || many_), "ignore leaves out columns");
    say(text_targets_, "label reads classes");
    say(texts_ && first_row_ && rows_ > 1 && only_.line == first_line && layout_.named(),
        "units skips a row of units");
    return hint.empty() ? hint : hint + ")";
  }

  const CsvLayout& layout_;
  const CsvOptions& options_;
  std::size_t rows_;
  std::string source_;
  const Preparation* known_ = nullptr;
  std::size_t count_ = 0, fields_ = 0;
  CsvFound only_;
  std::string only_column_, expected_, list_;
  bool gaps_ = false, texts_ = false, text_targets_ = false, unlabeled_ = false, many_ = false,
       first_row_ = true, dates_ = false, year_last_ = false;
};

}  // namespace espalier::detail
