// SPDX-License-Identifier: MIT
// The weights of each sign have a bounded sum: what integer accumulators need.
#pragma once

#include <algorithm>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/multiplier.hpp"

namespace espalier {

/// sum max(w, 0) <= bound and sum max(-w, 0) <= bound for each neuron, with no tolerance: of the stored
/// numbers, in exact arithmetic. For inputs x from 0 to 1, no partial sum of w'x leaves [-bound, bound],
/// whatever the order (A2Q: Colbert et al. 2023, with one bound for both signs together). Rows that satisfy
/// it are not touched.
///
/// The signs do not see one another: of the step's y the positive ones go to max(y - mu t, 0), the nearest
/// such row in the metric of the step, and the negative ones likewise with a multiplier of their own.
struct SignedSumBound {
  double bound = 1;
  Metric metric = Metric::step;

  static constexpr std::string_view name = "SignedSumBound";
  static constexpr bool corners = true, convex = true, solid = true;

  template <class Q>
  static constexpr bool meets() {
    static_assert(!ProximalPenalty<Q> || homogeneous_policy<Q>(),
                  "SignedSumBound with a penalty that is not homogeneous has no exact projection: write L1 "
                  "with it, or MaxNorm instead of SignedSumBound");
    return true;
  }

  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::sum_is_below<detail::Summed::positive>(w.data(), w.size(), bound) &&
           detail::sum_is_below<detail::Summed::negative>(w.data(), w.size(), bound);
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements) const {
    auto above = problem<detail::Summed::positive>(w, t, elements);
    auto below = problem<detail::Summed::negative>(w, t, elements);
    above.move(), below.move();
    above.settle(), below.settle();
  }
  template <Scalar S>
  void settle(Row<S> w, const auto& elements) const {
    const Steps<S> even{nullptr, S(1)};
    problem<detail::Summed::positive>(w, even, elements).settle();
    problem<detail::Summed::negative>(w, even, elements).settle();
  }
  /// n times the magnitude that is nearest to zero must not be too much.
  bool reaches(const auto& each, Index n) const {
    const double least = std::max({static_cast<double>(each.low), -static_cast<double>(each.high), 0.0});
    return least * static_cast<double>(n) <= bound;
  }
  void validate() const { detail::check_positive_float(name, "bound", bound); }
  void describe(auto&& f) const { f("bound", bound); }

  bool operator==(const SignedSumBound&) const = default;

 private:
  template <detail::Summed summed, Scalar S, class Elements>
  detail::SumProjection<summed, S, Elements> problem(Row<S> w, Steps<S> t, const Elements& elements) const {
    return {elements, detail::Intervals<S, Elements>(elements), w.data(), w.size(), t, bound};
  }
};

}  // namespace espalier
