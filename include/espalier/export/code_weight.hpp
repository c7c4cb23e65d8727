// SPDX-License-Identifier: MIT
// How the weights of a layer are stored in source text: in blocks of outputs, without lines of zeros, or the
// others alone.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "espalier/export/code_step.hpp"
#include "espalier/export/code_text.hpp"

namespace espalier::detail {

/// What is left of a weight without rows and columns of zeros.
struct DenseWeight {
  std::vector<Index> rows, columns;  // of the whole weight
  std::vector<double> numbers;       // rows x columns

  Index height() const { return static_cast<Index>(rows.size()); }
  Index width() const { return static_cast<Index>(columns.size()); }
};

/// The rows and columns that have a number that is not zero, or all if `all`.
inline DenseWeight without_zero_lines(std::span<const double> w, Index rows, Index columns, bool all) {
  DenseWeight result;
  const auto at = [&](Index i, Index j) { return w[static_cast<std::size_t>(i * columns + j)]; };
  const auto any = [](Index n, auto&& number) {
    for (Index i = 0; i < n; ++i)
      if (number(i) != 0) return true;
    return false;
  };
  for (Index i = 0; i < rows; ++i)
    if (all || any(columns, [&](Index j) { return at(i, j); })) result.rows.push_back(i);
  for (Index j = 0; j < columns; ++j)
    if (all || any(rows, [&](Index i) { return at(i, j); })) result.columns.push_back(j);
  for (const Index i : result.rows)
    for (const Index j : result.columns) result.numbers.push_back(at(i, j));
  return result;
}

/// The order in which numbers of a weight are read: blocks of `block` rows, in each column by column.
inline std::vector<double> in_blocks(std::span<const double> w, Index rows, Index columns, Index block) {
  std::vector<double> result;
  result.reserve(w.size());
  for (Index i = 0; i < rows; i += block)
    for (Index j = 0; j < columns; ++j)
      for (Index k = i; k < std::min(i + block, rows); ++k)
        result.push_back(w[static_cast<std::size_t>(k * columns + j)]);
  return result;
}

/// The numbers of a weight that are not zero, row by row.
struct SparseWeight {
  std::vector<double> numbers;
  std::vector<Index> columns, ends;  // of each number; where each row ends
};

inline SparseWeight nonzeros(std::span<const double> w, Index columns) {
  SparseWeight result;
  for (std::size_t i = 0; i < w.size(); ++i) {
    const Index column = static_cast<Index>(i) % columns;
    if (w[i] != 0) {
      result.numbers.push_back(w[i]);
      result.columns.push_back(column);
    }
    if (column + 1 == columns) result.ends.push_back(static_cast<Index>(result.numbers.size()));
  }
  return result;
}

/// Numbers of the row that has the most.
inline Index most_in_row(const SparseWeight& w) {
  Index most = 0, begin = 0;
  for (const Index end : w.ends) most = std::max(most, end - std::exchange(begin, end));
  return most;
}

inline Index bytes_of(const SparseWeight& w, Index scalar) {
  return static_cast<Index>(w.numbers.size()) * (scalar + CodeText::bytes_of_whole(w.columns)) +
         static_cast<Index>(w.ends.size()) * CodeText::bytes_of_whole(w.ends);
}

/// The sum of an output with number `i` becomes the output: times its scale, plus its bias.
inline std::string finished(const CodeStyle& style, const CodeStep& step, const std::string& k,
                            const std::string& sum, const std::string& i) {
  const std::string bias = style.own("bias_") + k + "[" + i + "]";
  std::string text = sum;
  if (!step.scales.empty()) text = style.multiply(sum, style.own("scale_") + k + "[" + i + "]");
  return step.bias.empty() ? text : bias + " + " + text;
}

}  // namespace espalier::detail
