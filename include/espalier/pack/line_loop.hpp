// SPDX-License-Identifier: MIT
// The policies on single weights, applied to many: a loop over whole lines, and the end of a row.
#pragma once

#include <limits>
#include <type_traits>

#include "espalier/core/block.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier::detail {

/// What a loop over lines adds up: how often each policy acted, and whether all numbers are finite. Two sums
/// of that take turns: an addition takes longer than all else that happens to a line.
template <class LinePackType, Scalar S>
struct LineSums {
  typename LinePackType::Counts counts{};
  Line<S> not_finite = S(0), not_finite_before = S(0);

  ESPALIER_INLINE void check(const Line<S>& x) {
    const Line<S> sum = not_finite_before + x * S(0);
    not_finite_before = not_finite, not_finite = sum;
  }
  /// Adds the first n numbers of others.
  void add(const LineSums& others, Index n) {
    for (std::size_t k = 0; k < counts.size(); ++k) counts[k].add(others.counts[k], n);
    not_finite += (others.not_finite + others.not_finite_before).first(n);
  }
  void count(Index* active) const {
    for (std::size_t k = 0; k < counts.size(); ++k) active[k] += counts[k].sum();
  }
  bool finite() const { return (not_finite + not_finite_before).sum() == 0; }
};

/// What policies keep of the first n weights of a line, followed by zeros.
template <Index memories, Scalar S>
class MemoryTail {
 public:
  MemoryTail(const PolicyMemory<S>& memory, Index n) {
    for (Index k = 0; k < memories; ++k)
      load_line(memory.of(k), n).store(numbers_ + static_cast<std::size_t>(k * line_length<S>));
  }
  PolicyMemory<S> memory() const { return {numbers_, line_length<S>}; }

 private:
  alignas(64) S numbers_[static_cast<std::size_t>(memories * line_length<S>)];
};
template <Scalar S>
struct MemoryTail<0, S> {
  MemoryTail(const PolicyMemory<S>&, Index) {}
  PolicyMemory<S> memory() const { return {}; }
};

/// The end of a row, which is shorter than a line: a copy, that zeros make one.
template <Scalar S>
ESPALIER_INLINE void fill_line(const S* from, Index n, S* line) {
  load_line(from, n).store(line);
}

/// g += the gradient of the smooth penalties of n weights, whose memory is `memory`. Returns whether the sums
/// are finite and so small that their squares are.
template <class LinePackType, Scalar S>
bool add_gradient(const LinePackType& policies, const S* w, S* g, Index n, Index* active,
                  std::type_identity_t<PolicyMemory<S>> memory = {}) {
  constexpr Index length = line_length<S>;
  const LinePackType lines = policies;  // of which nobody else has the address: it stays in registers
  LineSums<LinePackType, S> sums;
  const MemoryTail<LinePackType::memories, S> kept(memory.from(n / length * length), n % length);
  alignas(64) S end[2][Line<S>::size];
  for (Index done = 0; done < n;) {  // all whole lines, and then the rest
    const Index left = n - done, size = left < length ? length : left / length * length;
    const PolicyMemory<S> there = left < length ? kept.memory() : memory;
    const S* from = w + done;
    S* to = g + done;
    if (left < length) fill_line(from, left, end[0]), fill_line(to, left, end[1]), from = end[0], to = end[1];
    LineSums<LinePackType, S> own;
    for (Index i = 0; i < size; i += length) {
      Line<S> sum = Line<S>::load(to + i);
      lines.add_gradient(Line<S>::load(from + i), sum, own.counts, there.from(i));
      sum.store(to + i);
      own.check(sum * sum);
    }
    if (left < length) copy_rest(end[1], left, g + done);
    sums.add(own, left);
    done += size;
  }
  sums.count(active);
  return sums.finite();
}

/// What a loop over lines says of the weights that it made: whether they are finite, and their squares, as a
/// quick sum in S has them.
template <Scalar S>
struct ConstrainedLines {
  bool finite = true;
  S squares = std::numeric_limits<S>::infinity();
};

/// Applies the proximal penalties, or the sets of single weights, or both, to n weights at their step sizes.
/// With `of_vector`, `before` takes a copy of the weights, and their squares are summed.
template <bool penalties, bool sets, bool of_vector, class LinePackType, Scalar S>
ConstrainedLines<S> constrain_lines(const LinePackType& policies, S* w, Index n, Steps<S> steps,
                                    Index* active, [[maybe_unused]] S* before = nullptr,
                                    std::type_identity_t<PolicyMemory<S>> memory = {}) {
  constexpr Index length = line_length<S>;
  const Line<S> uniform = steps.uniform;
  const LinePackType lines = policies;  // of which nobody else has the address: it stays in registers
  LineSums<LinePackType, S> sums;
  Line<S> squares = S(0);
  const MemoryTail<LinePackType::memories, S> kept(memory.from(n / length * length), n % length);
  alignas(64) S end[2][Line<S>::size];
  for (Index done = 0; done < n;) {  // all whole lines, and then the rest
    const Index left = n - done, size = left < length ? length : left / length * length;
    const PolicyMemory<S> there = left < length ? kept.memory() : memory;
    S* row = w + done;
    const S* each = penalties && steps.each ? steps.each + done : nullptr;
    if (of_vector && left < length) copy_rest(row, left, before + done);
    if (left < length) {
      fill_line(row, left, end[0]), row = end[0];
      if (each) fill_line(each, left, end[1]), each = end[1];
    }
    LineSums<LinePackType, S> own;
    Line<S> own_squares = S(0);
    for (Index i = 0; i < size; i += length) {
      Line<S> x = Line<S>::load(row + i);
      if (of_vector && left >= length) x.store(before + i);
      const Line<S> t = each ? Line<S>::load(each + i) : uniform;
      lines.template constrain<penalties, sets>(x, t, own.counts, there.from(i));
      x.store(row + i);
      if constexpr (of_vector) own_squares += x.square();
      if constexpr (LinePackType::may_err) own.check(x);
    }
    if (left < length) copy_rest(end[0], left, w + done);
    sums.add(own, left);
    squares += own_squares.first(left);
    done += size;
  }
  sums.count(active);
  return {sums.finite(), of_vector ? squares.sum() : std::numeric_limits<S>::infinity()};
}

}  // namespace espalier::detail
