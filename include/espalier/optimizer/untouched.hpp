// SPDX-License-Identifier: MIT
// The step size of weights that a step has not moved, where a policy looks at the row that they stand in.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/kernel/line.hpp"

namespace espalier::detail {

/// The least of f(line) over the whole lines among n numbers.
template <Scalar S, class F>
ESPALIER_INLINE S least_of_lines(const S* numbers, Index n, F&& f) {
  constexpr Index length = line_length<S>;
  const Line<S> most = std::numeric_limits<S>::max();
  Line<S> least[4] = {most, most, most, most};  // four: a minimum has to wait for the last one
  Index i = 0;
  for (; i + 4 * length <= n; i += 4 * length)
    unrolled<4>([&](auto k) ESPALIER_INLINE_LAMBDA {
      least[k] = least[k].min(f(Line<S>::load(numbers + i + k * length)));
    });
  for (; i + length <= n; i += length) least[0] = least[0].min(f(Line<S>::load(numbers + i)));
  return least[0].min(least[1]).min(least[2].min(least[3])).least();
}

/// The least of f(x) over n numbers; f takes lines and single numbers.
template <Scalar S, class F>
S least_of(const S* numbers, Index n, F&& f) {
  S least = least_of_lines(numbers, n, f);
  for (Index i = n / line_length<S> * line_length<S>; i < n; ++i) least = std::min(least, f(numbers[i]));
  return least;
}

/// |x|, of a line or of a number.
template <Scalar S>
ESPALIER_INLINE Line<S> magnitude(const Line<S>& x) {
  return x.abs();
}
template <Scalar S>
ESPALIER_INLINE S magnitude(S x) {
  return std::abs(x);
}

/// Weights that the step has not moved (their `moved_by`, a momentum or a gradient, is 0) take the smallest
/// of the n step sizes of their row, or `rate` where none was moved; with a rate of 0 they then keep the
/// rule's own, which are nearly equal. A rule's own size for them, 1e5 times the others' after Adam's
/// epsilon, would make a norm take from them first. Returns whether there are any.
template <Scalar S>
bool even_out(S* t, const S* moved_by, Index n, S rate) {
  if (least_of(moved_by, n, [](const auto& m) { return magnitude(m); }) > 0) return false;
  constexpr Index length = line_length<S>;
  const Index whole = n / length * length;
  const bool moves = least_of(moved_by, n, [](const auto& m) { return -magnitude(m); }) < 0;
  if (!moves && rate == 0) return true;
  const S size = moves ? least_of(t, n, [](const auto& step) { return step; }) : rate;
  for (Index i = 0; i < whole; i += length)
    Line<S>::if_zero(Line<S>::load(moved_by + i), size, Line<S>::load(t + i)).store(t + i);
  for (Index i = whole; i < n; ++i)
    if (moved_by[i] == 0) t[i] = size;
  return true;
}

/// Evens out each column of rows x cols step sizes, as even_out() does a row.
template <Scalar S>
void even_out_columns(S* t, const S* moved_by, Index rows, Index cols, S rate) {
  if (least_of(moved_by, rows * cols, [](const auto& m) { return magnitude(m); }) > 0) return;
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
      if (!rests[k] || (!moves[k] && rate == 0)) continue;
      const S size = moves[k] ? smallest[k] : rate;
      for (Index j = 0; j < rows; ++j)
        if (moved_by[j * cols + first + k] == 0) t[j * cols + first + k] = size;
    }
  }
}

}  // namespace espalier::detail
