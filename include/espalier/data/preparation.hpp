// SPDX-License-Identifier: MIT
// What was learnt from the file that a network is trained on, and is done to all that it is given later.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/csv_options.hpp"
#include "espalier/data/feature_scale.hpp"

namespace espalier {

/// A column of the file that became one or several features.
struct PreparedColumn {
  std::string name;  ///< empty without a header
  Index place = 0;
  std::vector<std::string> categories = {};  ///< in the order of their numbers; empty: a column of numbers
  std::optional<double> fill = {};           ///< what stands for a gap: a number, or that of a category
  bool mark_gaps = false;                    ///< with a feature that is 1 where there was a gap
  std::optional<DateOrder> date = {};        ///< the numbers are days since 1970-01-01, of dates so written

  bool is_text() const { return !categories.empty(); }
  /// Two categories make one feature, which is 1 for the second.
  Index features() const {
    const auto count = static_cast<Index>(categories.size());
    return (count < 3 ? 1 : count) + mark_gaps;
  }
  /// "Age", "Age missing"; "Sex=male" of two, "Port=C", "Port=Q", "Port=S" of three.
  [[gnu::cold]] std::vector<std::string> feature_names() const {
    std::vector<std::string> names;
    if (!is_text()) names.push_back(name);
    for (std::size_t k = categories.size() == 2; k < categories.size(); ++k)
      names.push_back(name + "=" + categories[k]);
    if (mark_gaps) names.push_back(name + " missing");
    return names;
  }
};

/// From a row of a file to the features of a sample. A plain value: `read_csv` makes it, a second file is
/// read with it, it is saved with the model, and `encode` is what a program does that has rows, but no file.
struct Preparation {
  CsvOptions options = {};                   ///< how the file was read, with the classes that it had
  std::vector<PreparedColumn> columns = {};  ///< the features, in the order of the file
  std::vector<Index> label_places = {};      ///< of the label, targets and weight
  Index width = 0;                           ///< columns in the file
  bool by_name = false;  ///< a second file is matched by the names of columns, else by place
  FeatureScale inputs = {}, targets = {};  ///< empty: as they are. standardize() sets them

  Index features() const {
    Index count = 0;
    for (const PreparedColumn& column : columns) count += column.features();
    return count;
  }
  /// Empty if the file has no names.
  [[gnu::cold]] std::vector<std::string> feature_names() const {
    std::vector<std::string> names;
    if (options.header == CsvHeader::no) return names;
    for (const PreparedColumn& column : columns)
      for (std::string& name : column.feature_names()) names.push_back(std::move(name));
    return names;
  }
  /// Which features are 0 or 1 because a text or a gap made them so.
  std::vector<bool> indicators() const {
    std::vector<bool> result;
    for (const PreparedColumn& column : columns)
      for (Index k = 0; k < column.features(); ++k) result.push_back(column.is_text() || k > 0);
    return result;
  }

  /// Features x samples from columns x samples: numbers, NaN for a gap, for text the number of its category,
  /// and for a date its days_since_1970. ShapeError for another number of rows; ValueError, with the place,
  /// for a gap that nothing fills, for an infinite number and for one that is no category.
  template <Scalar S>
  Matrix<S> encode(const Matrix<S>& rows) const {
    if (rows.rows() != static_cast<Index>(columns.size()))
      detail::fail<ShapeError>("preparation", {"{} rows, one a column of the file", {columns.size()}},
                               rows.rows());
    Matrix<S> result = Matrix<S>::Zero(features(), rows.cols());
    for (Index j = 0; j < rows.cols(); ++j)
      for (Index i = 0, to = 0; i < rows.rows(); to += columns[static_cast<std::size_t>(i++)].features())
        encode_one(static_cast<std::size_t>(i), j, rows(i, j), result.data() + result.rows() * j + to);
    return inputs.shift.size() == 0 ? result : inputs(std::move(result));
  }

 private:
  template <Scalar S>
  void encode_one(std::size_t i, Index sample, S value, S* to) const {
    const PreparedColumn& column = columns[i];
    const bool gap = std::isnan(value);
    const auto count = static_cast<S>(column.categories.size());
    if (gap && column.mark_gaps) to[column.features() - 1] = 1;
    if (gap && column.fill) value = static_cast<S>(*column.fill);
    if (!std::isfinite(value) ||
        (column.is_text() && !(value >= 0 && value < count && value == std::floor(value))))
      detail::fail(detail::format_message("preparation, column {} {} of sample {}", {i, column.name, sample}),
                   column.is_text() ? detail::format_message("a category from 0 to {}", {count - 1})
                                    : std::string("a finite number"),
                   value);
    if (!column.is_text())
      to[0] = value;
    else if (column.categories.size() < 3)
      to[0] = column.categories.size() == 1 ? S{1} : value;
    else
      to[static_cast<Index>(value)] = 1;
  }
};

}  // namespace espalier
