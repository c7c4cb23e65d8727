// SPDX-License-Identifier: MIT
// Numbers by position: one for each weight, or one for each input.
#pragma once

#include <algorithm>
#include <concepts>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "espalier/core/cell.hpp"
#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier {

/// What Mask, Frozen and SignPattern are made of: a matrix, rows x cols of the weight, or a vector with one
/// number for each input, which holds for every neuron. `{1, 0, 1}` is such a vector, and so are Eigen's
/// vectors; a matrix of one row is a matrix.
class Pattern {
 public:
  Pattern() = default;
  template <class T>
  requires std::is_arithmetic_v<T> Pattern(std::initializer_list<T> inputs)
      : cols_(static_cast<Index>(inputs.size())), numbers_(inputs.begin(), inputs.end()) {}
  template <class T>
  requires std::is_arithmetic_v<T> Pattern(const std::vector<T>& inputs)  // NOLINT: implicit
      : cols_(static_cast<Index>(inputs.size())), numbers_(inputs.begin(), inputs.end()) {}
  template <class M>
  Pattern(const Eigen::DenseBase<M>& matrix)  // NOLINT: implicit
      : rows_(M::IsVectorAtCompileTime ? 0 : matrix.rows()),
        cols_(M::IsVectorAtCompileTime ? matrix.size() : matrix.cols()),
        numbers_(static_cast<std::size_t>(matrix.size())) {
    const auto plain = matrix.derived().eval();
    for (Index j = 0; j < plain.rows(); ++j)
      for (Index i = 0; i < plain.cols(); ++i)
        numbers_[static_cast<std::size_t>(j * plain.cols() + i)] = static_cast<double>(plain(j, i));
  }

  double operator()(Cell cell) const {
    return numbers_[static_cast<std::size_t>((rows_ > 0 ? cell.row * cols_ : 0) + cell.col)];
  }
  const std::vector<double>& numbers() const { return numbers_; }

  /// Throws ValueError, naming the policy, if one of them is not a number.
  void check_numbers(std::string_view policy) const {
    for (const double number : numbers_)
      if (number != number) detail::fail(policy, "numbers that are 0 or not", number);
  }
  /// Throws ShapeError, naming `where`, unless it fits a weight of rows x cols numbers.
  void check_shape(std::string_view where, std::string_view policy, Index rows, Index cols) const {
    if (cols_ == cols && (rows_ == rows || rows_ == 0)) return;
    detail::fail<ShapeError>(
        where, {"a {} of {} x {} numbers, or of {}, one for each input", {policy, rows, cols, cols}},
        rows_ == 0 ? detail::format_message("one of {}", {cols_})
                   : detail::format_message("one of {} x {}", {rows_, cols_}));
  }

  bool operator==(const Pattern&) const = default;

 private:
  Index rows_ = 0, cols_ = 0;  // no rows: the same for every neuron
  std::vector<double> numbers_;
};

}  // namespace espalier
