// SPDX-License-Identifier: MIT
// How a CSV file is read: what its columns are, what stands for a missing value, what becomes of text.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "espalier/core/matrix.hpp"
#include "espalier/data/date.hpp"

namespace espalier {

/// A column by the name in the header, or by its place: 0 is the first, -1 the last. "last" is the last one,
/// header or not.
struct Column {
  Column(const char* column) : name(column) {}
  Column(std::string column) : name(std::move(column)) {}
  template <std::integral I>
  Column(I column) : place(static_cast<Index>(column)) {}

  std::optional<std::string> name;
  Index place = -1;  ///< where there is no name
};

/// `.target = "mpg"`, `.target = {"mpg", 3}`
struct Columns : std::vector<Column> {
  Columns() = default;
  Columns(std::initializer_list<Column> columns) : vector(columns) {}
  template <std::convertible_to<Column> C>
  Columns(C&& column) : vector{Column(std::forward<C>(column))} {}
};

/// automatic: the first row is a header if a column is named, or if it has text over numbers. An error,
/// because both a header and data look like that: text over some numbers only, nothing but missing values
/// over numbers, numbers that count the columns (0, 1, 2, ... or 1, 2, 3, ...), and numbers beside a word
/// like "label" or "class".
enum class CsvHeader { automatic, yes, no };

/// What becomes of a gap, a missing value: all of them in one message (refuse), the row left out (drop), or
/// the column's mean, median or most frequent value in its place. Text columns have only the last of these.
enum class Gaps { refuse, drop, mean, median, most_frequent };

/// What becomes of feature columns that hold text: all of them in one message (refuse), no feature (ignore),
/// or a feature of 0 and 1 for each value (one_hot); two values, as of yes and no, make one feature.
enum class Text { refuse, ignore, one_hot };

struct CsvOptions {
  std::optional<Column> label = {};   ///< classes, of numbers or text
  Columns target = {};                ///< numbers to predict, one row of `targets` each, in this order
  std::optional<Column> weight = {};  ///< how much each sample counts, a number >= 0
  Gaps gaps = Gaps::refuse;           ///< in features; `drop` also leaves out rows without a label or target
  bool mark_gaps = false;             ///< with a feature beside each column with gaps: 1 where there was one
  bool drop_unlabeled = false;        ///< leave out rows without a label or target, whatever `gaps` says
  Text text = Text::refuse;
  Columns categories = {};  ///< columns of numbers that are read as text is: codes, not quantities
  Index max_categories =
      100;             ///< a text column with more different values is refused: a name, hardly a class
  Columns dates = {};  ///< features that are dates or times: days since 1970-01-01 (data/date.hpp)
  DateOrder date_order = DateOrder::year_month_day;  ///< how they are written
  Columns ignore = {};                               ///< columns to skip, whatever they hold
  CsvHeader header = CsvHeader::automatic;
  char separator = ',';   ///< ' ' stands for any run of spaces and tabs; a line `sep=;` in the file wins
  char decimal = '.';     ///< or ',', as Excel writes it in most of Europe
  char thousands = '\0';  ///< between groups of three digits: ',' '.' ' ' '\'' or '_'; '\0': none
  char comment = '\0';    ///< lines that begin with it are skipped, but for np.savetxt's header; '\0': none
  Index skip = 0;         ///< lines before the header or the first row
  bool units = false;     ///< the row under the header has units: it is skipped
  bool trailing_separators = false;       ///< lines may end with separators too many
  std::vector<std::string> missing = {};  ///< more marks of a missing value, "-200" or "unknown"
  bool usual_marks = true;  ///< also: empty ? NA N/A NaN null None <NA> #N/A - -- . and the like
  /// Class names in the order of their numbers; another label in the file is an error. Empty: those that are
  /// found, numbers in their order, anything else as text.
  std::vector<std::string> classes = {};
};

}  // namespace espalier
