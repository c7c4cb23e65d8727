// SPDX-License-Identifier: MIT
// Weights that are tied to one another: merged into one number, moved, and written back.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/core/block.hpp"
#include "espalier/core/elements.hpp"

namespace espalier::detail {

/// A weight is `sign` times that at the place `first`, which is not behind it, and is tied to itself.
struct Tie {
  Index first;
  double sign = 1;
};

/// Is every weight what it is tied to? Nothing is tied to what is not a number.
template <Scalar S>
bool ties_hold(const S* w, Index n, const auto& ties) {
  for (Index i = 0; i < n; ++i) {
    const Tie tie = ties(i);
    if (!(static_cast<double>(w[i]) == tie.sign * static_cast<double>(w[tie.first]))) return false;
  }
  return true;
}

/// Weights tied to one another, as one number z: where the distance and the penalties draw it, and what all
/// their intervals allow.
struct MergedWeights {
  static constexpr Index room = 6;

  double mean, weight, up, down;  ///< the penalties rise by `up` for each unit above 0, by `down` below it
  double low, high;

  static MergedWeights load(const double* from) {
    return {from[0], from[1], from[2], from[3], from[4], from[5]};
  }
  void store(double* to) const {
    to[0] = mean, to[1] = weight, to[2] = up, to[3] = down, to[4] = low, to[5] = high;
  }
  void join(const MergedWeights& other) {
    const double sum = weight + other.weight, share = other.weight / sum, apart = other.mean - mean;
    mean = std::isfinite(apart) ? mean + apart * share : mean * (1 - share) + other.mean * share;
    weight = sum, up += other.up, down += other.down;
    low = std::max(low, other.low), high = std::min(high, other.high);
  }
  double nearest() const {
    double z = mean - up / weight;
    if (!(z > 0)) z = std::min(mean + down / weight, mean * 0);
    return z < low ? low : z > high ? high : z;
  }
};

/// Merges the weights that are tied as `ties(i)` says, with their policies of elements, whose penalties are
/// linear on either side of zero. `numbers` has MergedWeights::room doubles for each of n weights: what is
/// merged is at the place of the first.
template <Scalar S, class Elements>
void merge_ties(const S* w, Index n, Steps<S> steps, const Elements& elements,
                const Intervals<S, Elements>& intervals, const auto& ties, double* numbers) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr Index room = MergedWeights::room;
  for (Index i = 0; i < n; ++i) {
    const auto [first, sign] = ties(i);
    const double t = static_cast<double>(steps[i]);
    const Interval<S> interval = intervals[i];
    const double low = interval.bounded_below() ? static_cast<double>(interval.low) : -infinity,
                 high = interval.bounded_above() ? static_cast<double>(interval.high) : infinity;
    // A step size of zero holds its weight as good as fast.
    MergedWeights one{sign * static_cast<double>(w[i]), t > 0x1p-600 ? 1 / t : 0x1p600,
                      elements.at(i).cost(sign),        elements.at(i).cost(-sign),
                      sign > 0 ? low : -high,           sign > 0 ? high : -low};
    if (first != i) {
      MergedWeights all = MergedWeights::load(numbers + room * first);
      all.join(one);
      one = all;
    }
    one.store(numbers + room * first);
  }
}

/// Moves the weights to the nearest ones that are so tied, together with those policies.
template <Scalar S, class Elements>
void project_on_ties(S* w, Index n, Steps<S> steps, const Elements& elements, const auto& ties,
                     double* numbers) {
  const Intervals<S, Elements> intervals(elements);
  merge_ties(w, n, steps, elements, intervals, ties, numbers);
  for (Index i = 0; i < n; ++i) {
    const auto [first, sign] = ties(i);
    const double merged = MergedWeights::load(numbers + MergedWeights::room * first).nearest();
    w[i] = static_cast<S>(intervals[i].clamp(sign * merged));
  }
}

}  // namespace espalier::detail
