// SPDX-License-Identifier: MIT
// The weights of a vector have a given sum.
#pragma once

#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/multiplier.hpp"

namespace espalier {

/// sum w == value for each neuron: in exact arithmetic, within one unit in the last place of the largest |w|.
/// The step's y goes to y - mu t, the nearest such row in the metric of the step, and with policies of single
/// weights to the nearest that is also in their sets.
struct SumTo {
  double value = 0;
  Metric metric = Metric::step;

  static constexpr std::string_view name = "SumTo";
  static constexpr bool flat = true, convex = true;

  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::sum_is(w.data(), w.size(), value);
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements) const {
    problem(w, t, elements)();
  }
  template <Scalar S>
  void settle(Row<S> w, const auto& elements) const {
    problem(w, Steps<S>{nullptr, S(1)}, elements).settle();
  }
  /// n weights from each.low to each.high have every sum from n each.low to n each.high.
  bool reaches(const auto& each, Index n) const {
    const double least = static_cast<double>(each.low), most = static_cast<double>(each.high);
    return n > 0 && (!each.bounded_below() || least * static_cast<double>(n) <= value) &&
           (!each.bounded_above() || most * static_cast<double>(n) >= value);
  }
  void validate() const {
    if (value != 0) detail::check_positive_float(name, "abs(value)", std::abs(value));
  }

  void describe(auto&& f) const { f("value", value); }

  bool operator==(const SumTo&) const = default;

 private:
  template <Scalar S, class Elements>
  detail::SumProjection<detail::Summed::numbers, S, Elements> problem(Row<S> w, Steps<S> t,
                                                                      const Elements& elements) const {
    return {elements, detail::Intervals<S, Elements>(elements), w.data(), w.size(), t, value};
  }
};

/// `ZeroSum` is `SumTo{0}`.
using ZeroSum = SumTo;

}  // namespace espalier
