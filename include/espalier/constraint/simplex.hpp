// SPDX-License-Identifier: MIT
// The weights of a vector are the parts of a whole.
#pragma once

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/init/dirichlet.hpp"
#include "espalier/kernel/multiplier.hpp"

namespace espalier {

/// w >= 0 and sum w == sum for each neuron: in exact arithmetic, within one unit in the last place of the
/// largest w. The step's y goes to max(y - mu t, 0), the nearest such row in the metric of the step (Duchi et
/// al. 2008 with one step size for all), and with policies of single weights to the nearest that is also in
/// their sets.
struct Simplex {
  double sum = 1;
  Metric metric = Metric::step;

  static constexpr std::string_view name = "Simplex";
  static constexpr bool flat = true, corners = true, convex = true;

  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return (w >= 0).all() && detail::sum_is(w.data(), w.size(), sum);
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements) const {
    problem(w, t, elements)();
  }
  template <Scalar S>
  void settle(Row<S> w, const auto& elements) const {
    problem(w, Steps<S>{nullptr, S(1)}, elements).settle();
  }
  bool reaches(const auto& each, Index n) const {
    const double least = static_cast<double>(each.low), most = static_cast<double>(each.high);
    return n > 0 && most >= 0 && (least <= 0 || least * static_cast<double>(n) <= sum) &&
           (!each.bounded_above() || most * static_cast<double>(n) >= sum);
  }
  Dirichlet initializer() const { return {sum}; }
  void validate() const { detail::check_positive_float(name, "sum", sum); }
  void describe(auto&& f) const { f("sum", sum); }

  bool operator==(const Simplex&) const = default;

 private:
  template <Scalar S, class Elements>
  detail::SumProjection<detail::Summed::numbers, S, Elements> problem(Row<S> w, Steps<S> t,
                                                                      const Elements& elements) const {
    return {elements, detail::Intervals<S, Elements>(elements, {.low = S(0)}), w.data(), w.size(), t, sum};
  }
};

}  // namespace espalier
