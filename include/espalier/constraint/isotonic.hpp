// SPDX-License-Identifier: MIT
// The weights of a vector do not fall from one to the next.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/core/policy.hpp"

namespace espalier {

/// w_1 <= w_2 <= ... <= w_n for each neuron, with no tolerance; rows that satisfy it are not touched. The
/// step's y goes to the isotonic regression with weights 1 / t (pool adjacent violators: Barlow et al. 1972),
/// a block to its weighted mean. A penalty h, which must be convex, and an interval move a block of k weights
/// as one number with k h (Ahuja & Orlin 2001): with Clip, that is the regression, clipped.
struct Isotonic {
  Metric metric = Metric::step;

  static constexpr std::string_view name = "Isotonic";
  static constexpr bool corners = true, convex = true;
  static constexpr Index room = 4;

  template <class Q>
  static constexpr bool meets() {
    static_assert(
        !KeepsNumbers<Q>,
        "Isotonic with a policy that knows the place of each weight, as Mask or Frozen, has no exact "
        "projection: weights that become equal need one interval; write one policy for both");
    return true;
  }

  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    for (Index i = 1; i < w.size(); ++i)
      if (!(w[i - 1] <= w[i])) return false;
    return w.size() != 1 || w[0] == w[0];
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements, double* numbers) const {
    const auto interval = elements.template interval<S>();
    Index count = 0;
    for (Index i = 0; i < w.size(); ++i) {
      Block last{static_cast<double>(w[i]), weight(static_cast<double>(t[i])), 1, 0};
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
      for (double left = block.size; left > 0; --left) w[i++] = static_cast<S>(interval.clamp(block.value));
    }
  }

  bool operator==(const Isotonic&) const = default;

 private:
  /// A step size of zero holds its weight as good as fast.
  static double weight(double t) { return t > 0x1p-600 ? 1 / t : 0x1p600; }

  /// Neighbors that become equal.
  struct Block {
    double mean, weight, size, value;

    static Block load(const double* from, Index k) {
      return {from[room * k], from[room * k + 1], from[room * k + 2], from[room * k + 3]};
    }
    void store(double* to, Index k) const {
      to[room * k] = mean, to[room * k + 1] = weight, to[room * k + 2] = size, to[room * k + 3] = value;
    }

    void join(const Block& left) {
      const double sum = weight + left.weight, share = left.weight / sum, apart = left.mean - mean;
      mean = std::isfinite(apart) ? mean + apart * share : mean * (1 - share) + left.mean * share;
      weight = sum, size += left.size;
    }
    void settle(const auto& elements) { value = elements.prox(mean, size / weight); }
  };
};

static_assert(VectorSet<Isotonic> && Policy<Isotonic>);

}  // namespace espalier
