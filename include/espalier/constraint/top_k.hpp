// SPDX-License-Identifier: MIT
// Vectors with few weights that are not zero.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/selection.hpp"

namespace espalier {
namespace detail {

/// What stands beside a set that selects weights.
template <class Q>
constexpr bool meets_selection() {
  static_assert(
      !(VectorSet<Q> || VectorPenalty<Q>),
      "TopK or NofM with another policy of vectors has no exact projection, since it is not convex: "
      "drop one of the two");
  static_assert(!ProximalPenalty<Q> || homogeneous_policy<Q>(),
                "TopK or NofM with a penalty with a prox that is not homogeneous has no exact projection: "
                "write L1 with it, or drop one of the two");
  return true;
}

}  // namespace detail

/// At most k weights of a vector are not zero: of a neuron, unless PerInput or Whole say of what. The step's
/// y keeps those with the largest y^2 / t, of equal ones the first, and the others become zero (iterative
/// hard thresholding: Blumensath & Davies 2008). What has at most k is not touched.
///
/// With Clip, NonNegative, Mask and L1 those are kept that save the most (kernel/selection.hpp), which is
/// exact. A weight that must not be zero, as under Clip{0.1, 1} or where Frozen holds it, is one of the k.
/// Not convex: training rests at one of many local optima.
///
/// MaxNorm, MinMaxNorm and UnitNorm stand beside it on request, which is Metric::euclidean of one of the two:
/// the weights kept are then scaled to the norm, and that is nearest since the set is a cone. In the metric
/// of a step, which weights are best to keep depends on the multiplier of the norm.
struct TopK {
  Index k = 1;
  Metric metric = Metric::step;

  static constexpr std::string_view name = "TopK";
  static constexpr bool flat = true, corners = true, solid = true, cone = true;
  static constexpr Index room = 2;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_selection<Q>();
  }

  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::selection_holds(w.data(), w.size(), k, w.size());
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements, double* numbers) const {
    detail::project_on_selection(w.data(), w.size(), t, elements, numbers, k, w.size());
  }
  bool reaches(const auto& each, Index n) const { return n <= k || each.clamp(0) == 0; }
  void validate() const {
    if (k < 1) detail::fail(name, "k >= 1", k);
  }

  /// Under a schedule k is rounded, and at least 1.
  TopK scaled(double factor) const {
    return {std::max(Index{1}, static_cast<Index>(std::round(static_cast<double>(k) * factor))), metric};
  }

  void describe(auto&& f) const { f("k", static_cast<double>(k)); }

  bool operator==(const TopK&) const = default;
};

}  // namespace espalier
