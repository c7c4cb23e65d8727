// SPDX-License-Identifier: MIT
// The rows of a CSV text become a data set.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "espalier/data/csv_columns.hpp"
#include "espalier/data/csv_fill.hpp"
#include "espalier/data/csv_values.hpp"
#include "espalier/data/dataset.hpp"

namespace espalier::detail {

/// Which samples are kept: all, or those of these numbers. Most files need no list.
struct CsvKept {
  Index count;
  std::vector<Index> numbers;

  Index operator[](Index j) const { return numbers.empty() ? j : numbers[static_cast<std::size_t>(j)]; }
  /// Of all samples, one after the other.
  void judge(Index sample, bool keep) {
    if (!keep && !left_out) {
      for (Index j = 0; j < sample; ++j) numbers.push_back(j);
    } else if (keep && left_out) {
      numbers.push_back(sample);
    }
    left_out = left_out || !keep;
    count -= !keep;
  }

  bool left_out = false;
};

/// Reads the text once, and again if there are texts among the features: which columns have them is known at
/// the end only.
template <Scalar S>
class CsvTable : CsvColumns {
 public:
  using CsvColumns::CsvColumns;

  BasicDataset<S> read() {
    read_rows();
    Matrix<S> rows = features_.take(features(), samples_);
    Matrix<S> others = others_.take(static_cast<Index>(columns_.size()) - features(), samples_);
    rows.resize(features(), samples_ * (features() > 0));
    if (!known_) leave_out(), note_row_numbers(rows);
    if (known_) forget_labels();
    read_texts(rows);
    const std::vector<std::vector<std::string>> categories = arrange(rows);
    refuse();
    BasicDataset<S> data;
    const CsvKept kept = kept_samples(rows, others);
    read_labels(data, kept);
    data.preparation = std::make_shared<const Preparation>(
        known_ ? *known_ : learn(rows, categories, data.class_names, kept));
    data.notes = std::move(notes_);
    encode(data, std::move(rows), kept);
    take_others(data, std::move(others), kept);
    return data;
  }

 private:
  /// What may give the answer away in a sorted file, and is a feature all the same: a first column that
  /// counts the rows under a name, or that has no name and a whole number of its own in each row, as what is
  /// left of row numbers after rows have been drawn or shuffled.
  [[gnu::cold]] void note_row_numbers(const Matrix<S>& rows) {
    constexpr Index least = 10;  // fewer rows are often 1, 2, 3
    if (samples_ < least || features() == 0) return;
    const CsvColumn& first = columns_[0];
    if (first.place != 0 || first.left_out || first.text || first.odd().texts.count + first.odd().gaps.count)
      return;
    std::vector<S> numbers(rows.row(0).begin(), rows.row(0).end());
    bool counts = numbers[0] == 0 || numbers[0] == 1, whole = is_index_name();
    for (Index j = 0; j < samples_; ++j) {
      const S number = numbers[static_cast<std::size_t>(j)];
      counts = counts && number == numbers[0] + static_cast<S>(j);
      whole = whole && number >= 0 && number == std::floor(number);
    }
    std::sort(numbers.begin(), numbers.end());
    whole = whole && std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end();
    if (counts || whole)
      notes_.push_back(format_message(
          "{} {}, and is read as a feature (the option ignore leaves it out)",
          {layout_.column(0),
           counts ? "counts the rows" : "has no name and a whole number of its own in each row"}));
  }

  void read_rows() {
    reader_.start();
    const std::size_t features = layout_.features.size();
    while (reader_.next()) {
      const CsvRow row = reader_.fields();
      for (std::size_t k = 0; k < features; ++k) features_.add(value(columns_[k], row[columns_[k].place]));
      for (std::size_t k = features; k < columns_.size(); ++k)
        others_.add(value(columns_[k], row[columns_[k].place]));
      if (label_) labels_.push_back(label(row[label_->place]));
      if (!columns_.empty() && columns_[0].may_index) look_at_index(row[0]);
      ++samples_;
    }
    if (reader_.empty_rows() > 0)
      notes_.push_back(format_message("{} rows of empty fields were skipped", {reader_.empty_rows()}));
  }

  S value(CsvColumn& column, std::string_view field) {
    S number = 0;
    if (column.date) return static_cast<S>(date(column, field));
    if (!column.text) {
      const std::string_view expected = numbers_.read(field, number);
      if (expected.empty() && options_.missing.empty() && column.role != CsvRole::weight) [[likely]]
        return number;
      if (!numbers_.is_gap(field)) return odd_value(column, field, number, expected);
    } else if (!numbers_.is_gap(field)) {
      return static_cast<S>(column.note().values.number_of(field, reader_.line()));
    }
    column.add_gap(field, reader_.line());
    return std::numeric_limits<S>::quiet_NaN();
  }

  S odd_value(CsvColumn& column, std::string_view field, S number, std::string_view expected) const {
    if (expected == "a number") {
      column.add_text(field, reader_.line());
      return std::numeric_limits<S>::quiet_NaN();
    }
    if (!expected.empty()) refuse_field(column, field, expected);
    if (column.role == CsvRole::weight && !(number >= 0)) refuse_field(column, field, "a weight >= 0");
    return number;
  }

  /// Reads again what turned out to be text.
  void read_texts(Matrix<S>& rows) {
    std::vector<std::size_t> again;
    for (std::size_t k = 0; k < layout_.features.size(); ++k) {
      CsvColumn& column = columns_[k];
      if (known_ || column.left_out || column.odd().texts.count == 0 || options_.text != Text::one_hot ||
          column.odd().different.size() >
              static_cast<std::size_t>(std::max(Index{0}, options_.max_categories)))
        continue;
      column.text = true;
      column.note().texts = {};
      again.push_back(k);
    }
    if (again.empty()) return;
    reader_.start();
    Index sample = 0;
    for (; sample < samples_ && reader_.next(); ++sample)
      for (const std::size_t k : again) {
        const std::string_view field = reader_.fields()[columns_[k].place];
        if (!numbers_.is_gap(field))
          rows(static_cast<Index>(k), sample) =
              static_cast<S>(columns_[k].note().values.number_of(field, reader_.line()));
      }
    if (sample < samples_)
      fail<FileError>(reader_.name(), {"{} rows as before, when reading again", {samples_}}, sample);
  }

  /// Numbers of texts as they came become those of categories; returns the categories, column by column.
  [[gnu::cold]] std::vector<std::vector<std::string>> arrange(Matrix<S>& rows) {
    std::vector<std::vector<std::string>> categories(layout_.features.size());
    for (std::size_t k = 0; k < layout_.features.size(); ++k) {
      CsvColumn& column = columns_[k];
      if (!column.text || column.left_out) continue;
      if (known_) categories[k] = known_->columns[k].categories;
      const std::vector<int> order = column.odd().values.arrange(categories[k]);
      for (std::size_t text = 0; text < order.size(); ++text)
        if (order[text] < 0) column.note().unseen.push_back(text);
      for (Index j = 0; j < samples_; ++j) {
        S& value = rows(static_cast<Index>(k), j);
        if (std::isnan(value)) continue;
        const int category = order[static_cast<std::size_t>(value)];
        value = category < 0 ? std::numeric_limits<S>::quiet_NaN() : static_cast<S>(category);
      }
      if (!column.odd().unseen.empty())
        notes_.push_back(
            format_message("{} has texts that the first file does not have, which are read as gaps: {}",
                           {layout_.column(column.place), column.unseen_texts()}));
    }
    return categories;
  }

  CsvKept kept_samples(const Matrix<S>& rows, const Matrix<S>& others) {
    CsvKept kept{samples_, {}};
    const bool drop = options_.gaps == Gaps::drop;
    for (Index j = 0; j < samples_; ++j) {
      bool keep = !label_ || labels_[static_cast<std::size_t>(j)] >= 0;
      for (Index i = 0; i < others.rows(); ++i) keep = keep && !std::isnan(others(i, j));
      for (Index i = 0; drop && i < rows.rows(); ++i)
        keep = keep && (columns_[static_cast<std::size_t>(i)].left_out || !std::isnan(rows(i, j)));
      kept.judge(j, keep);
    }
    if (const Index dropped = samples_ - kept.count; dropped > 0)
      notes_.push_back(format_message("{} of {} rows had gaps and were left out", {dropped, samples_}));
    if (kept.count == 0) fail<FileError>(reader_.name(), "a row without gaps", "none");
    return kept;
  }

  [[gnu::cold]] void read_labels(BasicDataset<S>& data, const CsvKept& kept) {
    if (!label_) return;
    if (options_.classes.empty() && label_->odd().values.are_quantities(labels_.size()))
      fail<FileError>(
          format_message("{}, {}", {reader_.name(), layout_.column(label_->place)}),
          "classes in the label column (the option target is for quantities, classes lists classes)",
          format_message("{} different numbers in {} rows", {label_->odd().values.size(), labels_.size()}));
    data.class_names = options_.classes;
    const std::vector<int> order = label_->odd().values.arrange(data.class_names);
    if (options_.classes.empty()) note_fractions(data.class_names);
    for (std::size_t text = 0; text < order.size(); ++text)
      if (order[text] < 0)
        fail<FileError>(format_message("{}:{}", {reader_.name(), label_->odd().values.line(text)}),
                        {"one of the {} classes {}",
                         {data.class_names.size(), known_ ? "of the first file" : "in the options"}},
                        quoted_text(label_->odd().values.text(text)));
    for (Index j = 0; j < kept.count; ++j) {
      const int text = labels_[static_cast<std::size_t>(kept[j])];  // j itself, or behind it
      labels_[static_cast<std::size_t>(j)] = order[static_cast<std::size_t>(text)];
    }
    labels_.resize(static_cast<std::size_t>(kept.count));
    data.labels = std::move(labels_);
  }

  [[gnu::cold]] Preparation learn(const Matrix<S>& rows,
                                  const std::vector<std::vector<std::string>>& categories,
                                  const std::vector<std::string>& classes, const CsvKept& kept) const {
    Preparation result{
        .options = options_, .width = static_cast<Index>(layout_.width()), .by_name = layout_.named()};
    result.columns.reserve(categories.size());
    for (std::size_t k = 0; k < categories.size(); ++k) {
      const CsvColumn& column = columns_[k];
      if (column.left_out) continue;
      result.by_name = result.by_name && layout_.known_by_name(column.place);
      PreparedColumn prepared{layout_.name(column.place), static_cast<Index>(column.place), categories[k]};
      prepared.date = column.date;
      if (options_.gaps > Gaps::drop) {
        std::vector<double> values;
        for (Index j = 0; j < kept.count; ++j)
          if (const S x = rows(static_cast<Index>(k), kept[j]); !std::isnan(x))
            values.push_back(static_cast<double>(x));
        if (values.empty())
          fail<FileError>(format_message("{}, {}", {reader_.name(), layout_.column(column.place)}),
                          "a value to fill gaps with", "none in the rows that are kept");
        prepared.fill = fill_of(std::move(values), options_.gaps, column.text);
        prepared.mark_gaps = options_.mark_gaps && column.odd().gaps.count > 0;
      }
      result.columns.push_back(std::move(prepared));
    }
    keep_roles(result, classes);
    return result;
  }

  void encode(BasicDataset<S>& data, Matrix<S> rows, const CsvKept& kept) const {
    const Preparation& preparation = *data.preparation;
    bool as_it_is = kept.count == samples_ && preparation.columns.size() == layout_.features.size() &&
                    preparation.inputs.shift.size() == 0;
    for (std::size_t k = 0; as_it_is && k < layout_.features.size(); ++k)
      as_it_is = !columns_[k].text && columns_[k].odd().gaps.count == 0 && !preparation.columns[k].mark_gaps;
    data.feature_names = preparation.feature_names();
    if (as_it_is) {
      data.inputs = std::move(rows);
      if (features() == 0) data.inputs.resize(0, kept.count);
      return;
    }
    Matrix<S> part(static_cast<Index>(preparation.columns.size()), kept.count);
    for (Index j = 0; j < part.cols(); ++j)
      for (Index i = 0, to = 0; i < rows.rows(); ++i)
        if (!columns_[static_cast<std::size_t>(i)].left_out) part(to++, j) = rows(i, kept[j]);
    rows.resize(0, 0);
    data.inputs = preparation.encode(part);
  }

  void take_others(BasicDataset<S>& data, Matrix<S> others, const CsvKept& kept) const {
    const auto targets = static_cast<Index>(layout_.targets.size());
    if (layout_.weight)
      for (Index j = 0; j < kept.count; ++j) data.weights.push_back(others(targets, kept[j]));
    if (targets == 0) return;
    if (others.rows() == targets && kept.count == samples_) {
      data.targets = std::move(others);
    } else {
      data.targets.resize(targets, kept.count);
      for (Index j = 0; j < data.targets.cols(); ++j) data.targets.col(j) = others.col(kept[j]).head(targets);
    }
    if (data.preparation->targets.shift.size() > 0)
      data.targets = data.preparation->targets(std::move(data.targets));
  }

  CsvValues<S> features_, others_;
};

}  // namespace espalier::detail
