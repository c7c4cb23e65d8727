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

  EIGEN_ALWAYS_INLINE void check(const Line<S>& x) {
    const Line<S> sum = not_finite_before + x * S(0);
    not_finite_before = not_finite, not_finite = sum;
  }
  /// Adds the first n numbers of others.
  void add(const LineSums& others, Index n) {
    for (std::size_t k = 0; k < counts.size(); ++k) counts[k].add(others.counts[k], n);
    not_finite += others.not_finite.first(n);
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

/// g += the gradient of the smooth penalties of n weights, whose memory is `memory`. Returns whether the sums
/// are finite and so small that their squares are.
template <class LinePackType, Scalar S>
bool add_gradient(const LinePackType& policies, const S* w, S* g, Index n, Index* active,
                  std::type_identity_t<PolicyMemory<S>> memory = {}) {
  constexpr Index length = line_length<S>;
  const Index whole = n / length * length, left = n - whole;
  const LinePackType lines = policies;  // of which nobody else has the address: it stays in registers
  LineSums<LinePackType, S> sums;
  for (Index i = 0; i < whole; i += length) {
    Line<S> sum = Line<S>::load(g + i);
    lines.add_gradient(Line<S>::load(w + i), sum, sums.counts, memory.from(i));
    sum.store(g + i);
    sums.check(sum * sum);
  }
  if (left > 0) {
    LineSums<LinePackType, S> end;
    Line<S> sum = load_line(g + whole, left);
    const MemoryTail<LinePackType::memories, S> kept(memory.from(whole), left);
    lines.add_gradient(load_line(w + whole, left), sum, end.counts, kept.memory());
    store_line(sum, g + whole, left);
    end.not_finite = sum * sum * S(0);
    sums.add(end, left);
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
  const Index whole = n / length * length, left = n - whole;
  const Line<S> uniform = steps.uniform;
  const LinePackType lines = policies;  // of which nobody else has the address: it stays in registers
  LineSums<LinePackType, S> sums;
  Line<S> squares = S(0);
  for (Index i = 0; i < whole; i += length) {
    Line<S> x = Line<S>::load(w + i);
    if constexpr (of_vector) x.store(before + i);
    const Line<S> t = penalties && steps.each ? Line<S>::load(steps.each + i) : uniform;
    lines.template constrain<penalties, sets>(x, t, sums.counts, memory.from(i));
    x.store(w + i);
    if constexpr (of_vector) squares += x.square();
    sums.check(x);
  }
  if (left > 0) {
    LineSums<LinePackType, S> end;
    Line<S> x = load_line(w + whole, left);
    if constexpr (of_vector) store_line(x, before + whole, left);
    const Line<S> t = penalties && steps.each ? load_line(steps.each + whole, left) : uniform;
    const MemoryTail<LinePackType::memories, S> kept(memory.from(whole), left);
    lines.template constrain<penalties, sets>(x, t, end.counts, kept.memory());
    store_line(x, w + whole, left);
    if constexpr (of_vector) squares += x.first(left).square();
    end.not_finite = x * S(0);
    sums.add(end, left);
  }
  sums.count(active);
  return {sums.finite(), of_vector ? squares.sum() : std::numeric_limits<S>::infinity()};
}

}  // namespace espalier::detail
