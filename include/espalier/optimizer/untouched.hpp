// SPDX-License-Identifier: MIT
// The step size of weights that a step has not moved, where a policy looks at the row that they stand in.
#pragma once

#include <algorithm>
#include <limits>

#include "espalier/kernel/line.hpp"

namespace espalier::detail {

/// Weights that the step has not moved (their `moved_by`, a momentum or a gradient, is 0) take the smallest
/// of the n step sizes of their row, or `rate` where none was moved. A rule's own size for them, 1e5 times
/// the others' after Adam's epsilon, would make a norm take from them first. Returns whether there are any.
template <Scalar S>
bool even_out(S* t, const S* moved_by, Index n, S rate) {
  constexpr Index length = line_length<S>;
  const Index whole = n / length * length;
  Line<S> least_step = std::numeric_limits<S>::max(), least = least_step;
  for (Index i = 0; i < whole; i += length) {
    least_step = least_step.min(Line<S>::load(t + i));
    least = least.min(Line<S>::load(moved_by + i).abs());
  }
  S smallest = -(-least_step).largest(), rest = -(-least).largest();
  for (Index i = whole; i < n; ++i) {
    smallest = std::min(smallest, t[i]);
    rest = std::min(rest, std::abs(moved_by[i]));
  }
  if (rest != 0) return false;
  if (std::all_of(moved_by, moved_by + n, [](S m) { return m == 0; })) smallest = rate;
  for (Index i = 0; i < whole; i += length) {
    const Line<S> moved = Line<S>::differ(Line<S>::load(moved_by + i), S(0));
    (Line<S>::load(t + i) * moved + smallest * (1 - moved)).store(t + i);
  }
  for (Index i = whole; i < n; ++i)
    if (moved_by[i] == 0) t[i] = smallest;
  return true;
}

/// The same for each column of rows x cols step sizes.
template <Scalar S>
void even_out_columns(S* t, const S* moved_by, Index rows, Index cols, S rate) {
  constexpr Index many = 16;  // columns at a time: a cache line of floats
  for (Index first = 0; first < cols; first += many) {
    const Index count = std::min(many, cols - first);
    S smallest[many];
    bool rests[many] = {}, moves[many] = {};
    std::fill(smallest, smallest + many, std::numeric_limits<S>::max());
    for (Index j = 0; j < rows; ++j)
      for (Index k = 0; k < count; ++k) {
        const Index i = j * cols + first + k;
        smallest[k] = std::min(smallest[k], t[i]);
        (moved_by[i] == 0 ? rests : moves)[k] = true;
      }
    for (Index k = 0; k < count; ++k) {
      if (!rests[k]) continue;
      const S size = moves[k] ? smallest[k] : rate;
      for (Index j = 0; j < rows; ++j)
        if (moved_by[j * cols + first + k] == 0) t[j * cols + first + k] = size;
    }
  }
}

}  // namespace espalier::detail
