// SPDX-License-Identifier: MIT
// The columns of a CSV text while it is read: all that does not depend on the type of the numbers.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/data/csv_problems.hpp"
#include "espalier/data/csv_reader.hpp"

namespace espalier::detail {

/// Features, targets and weight with what was found in them, and the label.
class CsvColumns {
 public:
  /// `known` is what the first file taught, or null.
  [[gnu::cold]] CsvColumns(CsvReader& reader, const CsvLayout& layout, const CsvOptions& options,
                           const Preparation* known)
      : reader_(reader), layout_(layout), options_(options), known_(known), numbers_(options) {
    const auto add = [&](std::size_t place, CsvRole role) {
      columns_.push_back({.place = place, .role = role});
    };
    columns_.reserve(layout.features.size() + layout.targets.size() + 1);
    for (std::size_t k = 0; k < layout.features.size(); ++k) {
      const std::size_t place = layout.features[k];
      add(place, CsvRole::feature);
      CsvColumn& column = columns_.back();
      column.text = known ? known->columns[k].is_text() : layout.is_in(layout.categories, place);
      if (known)
        column.date = known->columns[k].date;
      else if (layout.is_in(layout.dates, place))
        column.date = options.date_order;
    }
    if (!known && !columns_.empty() && columns_[0].place == 0 && !columns_[0].date)
      columns_[0].may_index = is_index_name();
    for (const std::size_t place : layout.targets) add(place, CsvRole::target);
    if (layout.weight) add(*layout.weight, CsvRole::weight);
    if (layout.label) label_.emplace(CsvColumn{.place = *layout.label, .role = CsvRole::label, .text = true});
  }

 protected:
  Index features() const { return static_cast<Index>(layout_.features.size()); }
  bool is_index_name() const {
    constexpr std::string_view names[]{"", "Unnamed: 0", "rownames", "row.names"};
    return layout_.named() &&
           std::find(std::begin(names), std::end(names), layout_.name(0)) != std::end(names);
  }

  /// -1 for a gap.
  int label(std::string_view field) {
    const auto named =
        std::find(options_.classes.begin(), options_.classes.end(), field) != options_.classes.end();
    if (!named && numbers_.is_gap(field)) {
      label_->add_gap(field, reader_.line());
      return -1;
    }
    double value = 0;
    const std::string_view expected = read_number(field, value);
    if (!expected.empty() && expected != "a number") refuse_field(*label_, field, "a label");
    return label_->note().values.number_of(field, reader_.line());
  }

  /// NaN for a gap.
  double date(CsvColumn& column, std::string_view field) {
    double days = std::numeric_limits<double>::quiet_NaN();
    if (numbers_.is_gap(field))
      column.add_gap(field, reader_.line());
    else if (const std::string_view expected = read_date(field, *column.date, days); !expected.empty())
      refuse_field(column, field, expected);
    return days;
  }

  [[noreturn, gnu::cold]] void refuse_field(const CsvColumn& column, std::string_view field,
                                            std::string_view expected) const {
    fail<FileError>(
        format_message("{}:{}, {}", {reader_.name(), reader_.line(), layout_.column(column.place)}), expected,
        quoted_text(field));
  }

  /// Does it count from 0 or 1, or is it text?
  void look_at_index(std::string_view field) {
    double number = 0;
    if (samples_ == 0 && field != "0") first_ = 1;
    if (read_number(field, number).empty())
      columns_[0].may_index = number == static_cast<double>(first_ + samples_);
  }

  [[gnu::cold]] void leave_out() {
    for (CsvColumn& column : columns_) {
      if (column.role != CsvRole::feature) continue;
      const auto out = [&](std::string_view why) {
        column.left_out = true;
        notes_.push_back(format_message("{} is no feature: {}", {layout_.column(column.place), why}));
      };
      if (column.may_index && samples_ > 1)
        out(column.odd().texts.count ? "it has no name, and a text of its own for each row"
                                     : "it counts the rows");
      else if (column.only_empty && column.odd().gaps.count == static_cast<std::size_t>(samples_) &&
               layout_.name(column.place).empty())
        out("it has neither a name nor a value");
      else if (column.odd().texts.count > 0 && options_.text == Text::ignore)
        out("it has text, which the options ignore");
    }
  }

  /// A few quantities that come again and again pass for classes.
  [[gnu::cold]] void note_fractions(const std::vector<std::string>& classes) {
    for (const std::string& name : classes) {
      double number = 0;
      if (!read_number(name, number).empty() || number == std::floor(number)) continue;
      notes_.push_back(format_message(
          "{} has classes that are numbers with decimals, as {} (the option target is for quantities)",
          {layout_.column(label_->place), quoted_text(name)}));
      return;
    }
  }

  /// A second file may have the column of the label, but no label: they are what is asked for.
  void forget_labels() {
    if (!label_ || label_->odd().gaps.count < static_cast<std::size_t>(samples_)) return;
    notes_.push_back(format_message("{} has no label in any row", {layout_.column(label_->place)}));
    label_.reset();
  }

  [[gnu::cold]] void refuse() const {
    CsvProblems problems(layout_, options_, static_cast<std::size_t>(samples_), reader_.name());
    problems.set_known(known_);
    for (const CsvColumn& column : columns_) problems.look(column);
    if (label_) problems.look(*label_);
    problems.refuse(reader_.first_line());
    const bool any = std::any_of(columns_.begin(), columns_.end(), [](const CsvColumn& column) {
      return column.role != CsvRole::weight && !column.left_out;
    });
    if (!any && !label_)
      fail<FileError>(reader_.name(), "a column of features, or a label or target to read alone", "none");
  }

  [[gnu::cold]] void keep_roles(Preparation& result, const std::vector<std::string>& classes) const {
    CsvOptions& options = result.options;
    options.header = layout_.named() ? CsvHeader::yes : CsvHeader::no;
    options.separator = reader_.separator();
    options.classes = classes;
    options.ignore = options.categories = options.dates = {};
    options.target.clear();
    const auto keep = [&](std::size_t place) {
      result.label_places.push_back(static_cast<Index>(place));
      return layout_.kept(place);
    };
    if (layout_.label) options.label = keep(*layout_.label);
    for (const std::size_t place : layout_.targets) options.target.push_back(keep(place));
    if (layout_.weight) options.weight = keep(*layout_.weight);
  }

  CsvReader& reader_;
  const CsvLayout& layout_;
  const CsvOptions& options_;
  const Preparation* known_;
  CsvNumbers numbers_;
  std::vector<CsvColumn> columns_;  ///< features, targets, weight
  std::optional<CsvColumn> label_;
  std::vector<int> labels_;
  Index samples_ = 0, first_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace espalier::detail
