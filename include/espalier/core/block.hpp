// SPDX-License-Identifier: MIT
// Some consecutive rows of a parameter, or all of it, as policies and optimizers see it.
#pragma once

#include <type_traits>

#include "espalier/core/cell.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier {

/// rows x cols numbers; row j begins at `data + j * cols`. S is const where nobody writes.
template <class S>
struct Block {
  S* data;
  Index rows, cols;
  PolicyMemory<std::remove_const_t<S>> memory{};  ///< of the policies that these numbers are under

  Index size() const { return rows * cols; }
  S* row(Index j) const { return data + j * cols; }
  /// Rows begin, ..., begin + n - 1.
  Block some_rows(Index begin, Index n) const { return {row(begin), n, cols, memory.from(begin * cols)}; }
  /// All numbers as one column, for policies that do not look at rows.
  Block flat() const { return {data, size(), 1, memory}; }

  operator Block<const S>() const requires(!std::is_const_v<S>) { return {data, rows, cols, memory}; }
};

/// The metric of a step, sum (x - y)^2 / (2 t): the step sizes t that the optimizer has just used, one for
/// each weight in the layout of the weights, or the same for all.
template <Scalar S>
struct Steps {
  const S* each;  // null: uniform
  S uniform;

  S operator[](Index i) const { return each ? each[i] : uniform; }
  /// The step sizes of the weights from the i-th on.
  Steps from(Index i) const { return {each ? each + i : nullptr, uniform}; }
};

namespace detail {
using espalier::Steps;
}
}  // namespace espalier
