// SPDX-License-Identifier: MIT
// The magnitudes of the weights of a vector have a bounded sum.
#pragma once

#include <algorithm>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/multiplier.hpp"

namespace espalier {

/// sum |w| <= radius for each neuron, with no tolerance: of the stored numbers, in exact arithmetic. Rows
/// that satisfy it are not touched. The step's y goes to soft(y, mu t), the nearest such row in the metric of
/// the step (Duchi et al. 2008 with one step size for all), so that a row at the bound has exact zeros.
struct L1Ball {
  double radius = 1;
  Metric metric = Metric::step;

  static constexpr std::string_view name = "L1Ball";
  static constexpr bool corners = true, convex = true, solid = true;

  template <class Q>
  static constexpr bool meets() {
    static_assert(
        !ProximalPenalty<Q> || homogeneous_policy<Q>(),
        "L1Ball with a penalty that is not homogeneous has no exact projection: write L1 with it, or "
        "MaxNorm instead of L1Ball");
    return true;
  }

  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::sum_of_sizes_holds(w.data(), w.size(), radius);
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements) const {
    problem(w, t, elements)();
  }
  template <Scalar S>
  void settle(Row<S> w, const auto& elements) const {
    problem(w, Steps<S>{nullptr, S(1)}, elements).settle();
  }
  /// n times the magnitude that is nearest to zero must not be too much.
  bool reaches(const auto& each, Index n) const {
    const double least = std::max({static_cast<double>(each.low), -static_cast<double>(each.high), 0.0});
    return least * static_cast<double>(n) <= radius;
  }
  void validate() const { detail::check_positive_float(name, "radius", radius); }
  void describe(auto&& f) const { f("radius", radius); }

  bool operator==(const L1Ball&) const = default;

 private:
  template <Scalar S, class Elements>
  detail::SumProjection<detail::Summed::sizes, S, Elements> problem(Row<S> w, Steps<S> t,
                                                                    const Elements& elements) const {
    return {elements, detail::Intervals<S, Elements>(elements), w.data(), w.size(), t, radius};
  }
};

}  // namespace espalier
