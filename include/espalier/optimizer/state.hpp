// SPDX-License-Identifier: MIT
// What an optimizer keeps from step to step.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "espalier/core/aligned.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/optimizer/update.hpp"

namespace espalier::detail {

/// What an optimizer remembers of a parameter that its state belongs to.
struct ParameterShape {
  Index rows, cols;
  bool by_row, takes_defaults;
  bool operator==(const ParameterShape&) const = default;
};

/// Into how many parts to divide a parameter: into rows, or lines of numbers where no policy looks at rows.
inline Index parts_of_update(bool by_row, Index rows, Index cols) {
  return std::min(by_row ? rows : rows * cols, parts_of(rows * cols, weights_of_part));
}

/// A rule's numbers for all parameters of a model, one kind after another in the layout of the model's arena.
template <Scalar S>
struct OptimizerState {
  std::size_t size;
  AlignedVector<S> numbers;         // the rule's states, one after another
  std::vector<Buffers<S>> buffers;  // of each thread

  /// Buffers for as many parts; the first says how long.
  void plan(Index parts) {
    while (static_cast<Index>(buffers.size()) < parts) buffers.push_back(Buffers<S>(buffers.front()));
  }

  /// Buffers for as many threads as there may be today.
  void plan_threads(std::span<const ParameterShape> places) {
    for (const ParameterShape& p : places) plan(parts_of_update(p.by_row, p.rows, p.cols));
  }

  /// The states of the weights at `offset` in the arena.
  std::array<S*, 3> at(Index offset) {
    std::array<S*, 3> result{};
    for (std::size_t k = 0; k < numbers.size() / size; ++k) result[k] = numbers.data() + k * size + offset;
    return result;
  }
};

}  // namespace espalier::detail
