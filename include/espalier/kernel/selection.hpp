// SPDX-License-Identifier: MIT
// Which weights of a vector stay where only some of them may be other than zero, in a diagonal metric and
// together with policies of elements.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <type_traits>

#include "espalier/core/block.hpp"
#include "espalier/core/elements.hpp"

namespace espalier::detail {

/// How many numbers are not zero. By their bits: in a step denormal numbers compare as zero.
template <Scalar S>
Index count_not_zero(const S* x, Index n) {
  using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
  Index count = 0;
  for (Index i = 0; i < n; ++i) count += (std::bit_cast<Bits>(x[i]) << 1) != 0;
  return count;
}

/// min sum (x_i - y_i)^2 / (2 t_i) + h(x_i)  over x_i in an interval I_i, at most k of which are not zero.
/// Without the last, the best is c_i = P_I_i(z_i) with z_i = prox_h(y_i, t_i), and in place of zero it saves
/// c_i (2 z_i - c_i) / (2 t_i), if h is zero at zero and linear on either side of it: those stay that save
/// the most, of equal ones the first. A weight whose interval is without zero stays.
template <Scalar S, class Elements>
class Selection {
 public:
  /// `room` has 2 n doubles.
  Selection(const Elements& elements, S* row, Index n, Steps<S> steps, double* room)
      : elements_(elements), intervals_(elements), row_(row), steps_(steps), saved_(room), sorted_(room + n) {
    double largest = 0;
    for (Index i = 0; steps.each && i < n; ++i) largest = std::max(largest, static_cast<double>(steps[i]));
    // A step size of zero holds its weight as good as fast; where all are zero they count alike.
    even_ = !(largest > 0 && std::isfinite(largest));
    least_ = largest * 0x1p-100;
  }

  /// Turns y, in the row, into x for `count` weights from the first on.
  void keep(Index first, Index count, Index k) {
    for (Index i = first; i < first + count; ++i) move(i);
    if (count <= k) return;
    double* const from = saved_ + first;
    std::copy(from, from + count, sorted_);
    std::nth_element(sorted_, sorted_ + k - 1, sorted_ + count, std::greater<>{});
    const double last = sorted_[k - 1];
    Index equal = k - std::count_if(from, from + count, [&](double saved) { return saved > last; });
    for (Index i = first; i < first + count; ++i)
      if (!(saved_[i] > last || (saved_[i] == last && equal-- > 0)))
        row_[i] = static_cast<S>(intervals_[i].clamp(0));
  }

 private:
  /// row_i = c_i, and the root of what that saves, so that no square is too large or too small.
  void move(Index i) {
    constexpr double infinity = std::numeric_limits<double>::infinity(),
                     least = std::numeric_limits<double>::min();
    const Interval<S> interval = intervals_[i];
    const double z = elements_.at(i).prox(row_[i], steps_[i]), c = interval.clamp(z);
    const double size = c == z ? std::abs(z) : std::sqrt(std::abs(c)) * std::sqrt(std::abs(z + (z - c)));
    const double scaled = even_ ? size : size / std::sqrt(std::max(static_cast<double>(steps_[i]), least_));
    row_[i] = static_cast<S>(c);
    saved_[i] = interval.clamp(0) != 0 || z != z  ? infinity
                : count_not_zero(row_ + i, 1) > 0 ? std::max(scaled, least)
                                                  : 0;
  }

  const Elements& elements_;
  Intervals<S, Elements> intervals_;
  S* row_;
  Steps<S> steps_;
  double *saved_, *sorted_, least_;
  bool even_;
};

/// Are at most n of each m neighbors not zero?
template <Scalar S>
bool selection_holds(const S* w, Index size, Index n, Index m) {
  for (Index i = 0; i < size; ++i)
    if (w[i] != w[i]) return false;
  for (Index i = 0; i < size; i += m)
    if (count_not_zero(w + i, std::min(m, size - i)) > n) return false;
  return true;
}
/// Turns y, in the row, into the nearest vector of which that is true. `room` has 2 doubles a weight.
template <Scalar S, class Elements>
void project_on_selection(S* w, Index size, Steps<S> steps, const Elements& elements, double* room, Index n,
                          Index m) {
  Selection blocks(elements, w, size, steps, room);
  for (Index i = 0; i < size; i += m) blocks.keep(i, std::min(m, size - i), n);
}

}  // namespace espalier::detail
