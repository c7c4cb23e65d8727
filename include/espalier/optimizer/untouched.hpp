// SPDX-License-Identifier: MIT
// The step size of weights that a step has not moved, where a policy looks at the row that they stand in.
#pragma once

#include <algorithm>
#include <limits>

#include "espalier/kernel/line.hpp"

namespace espalier::detail {

/// The smallest of n step sizes, and the smallest magnitude of what moved their weights: 0, if one was not.
template <Scalar S>
struct Least {
  S step, move;

  Least(S least_step, S least_move) : step(least_step), move(least_move) {}
  Least(const S* t, const S* moved_by, Index n) {
    constexpr Index length = line_length<S>;
    const Line<S> most = std::numeric_limits<S>::max();
    Line<S> steps[2] = {most, most}, moves[2] = {most, most};  // two: a minimum has to wait for the last one
    Index i = 0;
    for (; i + 2 * length <= n; i += 2 * length)
      unrolled<2>([&](auto k) __attribute__((always_inline)) {
        steps[k] = steps[k].min(Line<S>::load(t + i + k * length));
        moves[k] = moves[k].min(Line<S>::load(moved_by + i + k * length).abs());
      });
    step = steps[0].min(steps[1]).least(), move = moves[0].min(moves[1]).least();
    for (; i < n; ++i) {
      step = std::min(step, t[i]);
      move = std::min(move, std::abs(moved_by[i]));
    }
  }
};

/// Weights that the step has not moved (their `moved_by`, a momentum or a gradient, is 0) take the smallest
/// of the n step sizes of their row, or `rate` where none was moved. A rule's own size for them, 1e5 times
/// the others' after Adam's epsilon, would make a norm take from them first. Returns whether there are any.
template <Scalar S>
bool even_out(S* t, const S* moved_by, Index n, S rate, const Least<S>& least) {
  if (least.move != 0) return false;
  constexpr Index length = line_length<S>;
  const Index whole = n / length * length;
  const bool moves = std::any_of(moved_by, moved_by + n, [](S m) { return m != 0; });
  const S size = moves ? least.step : rate;
  for (Index i = 0; i < whole; i += length)
    Line<S>::if_zero(Line<S>::load(moved_by + i), size, Line<S>::load(t + i)).store(t + i);
  for (Index i = whole; i < n; ++i)
    if (moved_by[i] == 0) t[i] = size;
  return true;
}
template <Scalar S>
bool even_out(S* t, const S* moved_by, Index n, S rate) {
  return even_out(t, moved_by, n, rate, Least<S>(t, moved_by, n));
}

/// Evens out each column of rows x cols step sizes, as even_out() does a row.
template <Scalar S>
void even_out_columns(S* t, const S* moved_by, Index rows, Index cols, S rate) {
  if (Least<S>(t, moved_by, rows * cols).move != 0) return;
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
