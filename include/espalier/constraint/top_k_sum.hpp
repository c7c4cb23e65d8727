// SPDX-License-Identifier: MIT
// The k largest weights of each sign have a bounded sum: what integer accumulators need whose inputs are
// mostly zero.
#pragma once

#include <algorithm>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/top_sum_projection.hpp"

namespace espalier {

/// For each neuron the k largest of max(w, 0) have at most the sum `bound`, and so have the k largest of
/// max(-w, 0), with no tolerance: of the stored numbers, in exact arithmetic. For inputs from 0 to 1, of
/// which at most k are not zero, no partial sum of w'x leaves [-bound, bound], whatever the order. k = 1 is
/// Clip{-bound, bound}; a k that is not below the number of weights is SignedSumBound. Rows that satisfy it
/// are not touched.
///
/// It is convex. The step's y goes to the nearest such row in the metric of the step: of each sign, weights
/// below a level s stay, some come down to s, and others come down by mu t
/// (kernel/top_sum_projection.hpp). With one step size for all this is the projection onto the ball of the
/// k-largest norm (Wu et al. 2014).
struct TopKSum {
  Index k = 1;
  double bound = 1;
  Metric metric = Metric::step;

  static constexpr std::string_view name = "TopKSum";
  static constexpr bool corners = true, convex = true, solid = true;
  static constexpr Index room = detail::top_sum_room;

  template <class Q>
  static constexpr bool meets() {
    static_assert(!ProximalPenalty<Q> || homogeneous_policy<Q>(),
                  "TopKSum with a penalty that is not homogeneous has no exact projection: write L1 with it, "
                  "or MaxNorm instead of TopKSum");
    return true;
  }

  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::TopSum<S>(w.data(), w.size(), k, S(1)).is_below(bound) &&
           detail::TopSum<S>(w.data(), w.size(), k, S(-1)).is_below(bound);
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements, double* numbers) const {
    detail::TopSumProjection(elements, w.data(), w.size(), t, k, bound, numbers)();
  }
  template <Scalar S>
  void settle(Row<S> w, const auto& elements) const {
    detail::TopSumProjection(elements, w.data(), w.size(), Steps<S>{nullptr, S(1)}, k, bound).settle();
  }
  /// The k magnitudes that are nearest to zero must not be too much.
  bool reaches(const auto& each, Index n) const {
    const double least = std::max({static_cast<double>(each.low), -static_cast<double>(each.high), 0.0});
    return least * static_cast<double>(std::min(k, n)) <= bound;
  }
  void validate() const {
    if (k < 1) detail::fail(name, "k >= 1", k);
    detail::check_positive_float(name, "bound", bound);
    detail::check_positive_float(name, "bound / k", bound / static_cast<double>(k));
  }

  void describe(auto&& f) const { f("k", static_cast<double>(k)), f("bound", bound); }

  bool operator==(const TopKSum&) const = default;
};

}  // namespace espalier
