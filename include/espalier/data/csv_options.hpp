// SPDX-License-Identifier: MIT
// What the columns of a CSV file are: the label, targets, ignored ones; all others are features.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "espalier/core/matrix.hpp"

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
/// ('', ?, NA, N/A, null, -) over numbers, and numbers that count the columns (0, 1, 2, ... or 1, 2, 3, ...).
enum class CsvHeader { automatic, yes, no };

struct CsvOptions {
  std::optional<Column> label = {};  ///< classes, of numbers or text
  Columns target = {};               ///< numbers to predict, one row of `targets` each, in this order
  Columns ignore = {};               ///< columns to skip, whatever they hold
  CsvHeader header = CsvHeader::automatic;
  char separator = ',';  ///< ' ' stands for any run of spaces and tabs
  Index skip = 0;        ///< lines before the header or the first row
  /// Class names in the order of their numbers; another label in the file is an error. For a second file:
  /// `.classes = train.class_names`. Empty: those that are found, numbers in their order, anything else as
  /// text.
  std::vector<std::string> classes = {};
};

}  // namespace espalier
