// SPDX-License-Identifier: MIT
// The weights of a vector do not fall from one to the next.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/core/elements.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// w_1 <= w_2 <= ... <= w_n for each neuron, with no tolerance; rows that satisfy it are not touched. The
/// step's y goes to the isotonic regression with weights 1 / t (pool adjacent violators: Barlow et al. 1972),
/// a block to its weighted mean. A penalty h, which must be convex, and an interval move a block of k weights
/// as one number with k h (Ahuja & Orlin 2001): with Clip, that is the regression, clipped. Beside sets that
/// know places, as Mask and Frozen, a block stays in what the intervals of its weights have in common.
struct Isotonic {
  Metric metric = Metric::step;

  static constexpr std::string_view name = "Isotonic";
  static constexpr bool corners = true, convex = true;
  static constexpr Index room = 6;

  template <class Q>
  static constexpr bool meets() {
    static_assert(!(KeepsNumbers<Q> && ProximalPenalty<Q>),
                  "Isotonic with a penalty with a prox that knows the place of each weight has no exact "
                  "projection: weights that become equal need the prox of the sum of their penalties");
    return true;
  }

  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    for (Index i = 1; i < w.size(); ++i)
      if (!(w[i - 1] <= w[i])) return false;
    return w.size() != 1 || w[0] == w[0];
  }
  template <Scalar S, class Elements>
  void project(Row<S> w, Steps<S> t, const Elements& elements, double* numbers) const {
    const detail::Intervals<S, Elements> intervals(elements);
    Index count = 0;
    for (Index i = 0; i < w.size(); ++i) {
      Block last{static_cast<double>(w[i]), weight(static_cast<double>(t[i]))};
      if constexpr (!Elements::alike) last.limit(intervals[i]);
      last.settle(elements);
      for (; count > 0; --count) {
        const Block left = Block::load(numbers, count - 1);
        if (left.value < last.value) break;
        last.join(left);
        last.settle(elements);
      }
      last.store(numbers, count++);
    }
    Index i = 0;
    for (Index k = 0; k < count; ++k) {
      const Block block = Block::load(numbers, k);
      for (double left = block.size; left > 0; --left, ++i)
        w[i] = static_cast<S>(intervals[i].clamp(block.value));
    }
  }

  bool operator==(const Isotonic&) const = default;

 private:
  /// A step size of zero holds its weight as good as fast.
  static double weight(double t) { return t > 0x1p-600 ? 1 / t : 0x1p600; }

  /// Neighbors that become equal.
  struct Block {
    double mean, weight, size = 1, value = 0;
    double low = -std::numeric_limits<double>::infinity(), high = -low;  // where places set bounds

    static Block load(const double* from, Index k) {
      from += room * k;
      return {from[0], from[1], from[2], from[3], from[4], from[5]};
    }
    void store(double* to, Index k) const {
      to += room * k;
      to[0] = mean, to[1] = weight, to[2] = size, to[3] = value, to[4] = low, to[5] = high;
    }

    template <Scalar S>
    void limit(const detail::Interval<S>& interval) {
      if (interval.bounded_below()) low = static_cast<double>(interval.low);
      if (interval.bounded_above()) high = static_cast<double>(interval.high);
    }
    /// Bounds meet: a violator's left one has the larger value, so that its bounds reach this one's.
    void join(const Block& left) {
      const double sum = weight + left.weight, share = left.weight / sum, apart = left.mean - mean;
      mean = std::isfinite(apart) ? mean + apart * share : mean * (1 - share) + left.mean * share;
      weight = sum, size += left.size;
      low = std::max(low, left.low), high = std::min(high, left.high);
    }
    void settle(const auto& elements) {
      const double free = elements.at(0).prox(mean, size / weight);
      value = free < low ? low : free > high ? high : free;
    }
  };
};

}  // namespace espalier
