// SPDX-License-Identifier: MIT
// A weighted sum of a vector's weights is at most a bound.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/half_space.hpp"

namespace espalier {

/// `HalfSpace{{1, -2, 0.5}, 0.3}`: a'w <= b for each neuron, a number of a for each of its inputs, in exact
/// arithmetic and with no tolerance. The step's y goes to y - mu a t, the nearest such row in the metric of
/// the step, and with policies of single weights to the nearest that is also in their sets.
class HalfSpace {
 public:
  static constexpr std::string_view name = "HalfSpace";
  static constexpr bool convex = true;

  Metric metric = Metric::step;

  HalfSpace() = default;
  HalfSpace(std::vector<double> a, double b, Metric in = Metric::step)
      : metric(in), a_(std::move(a)), b_(b) {}

  const std::vector<double>& coefficients() const { return a_; }
  double bound() const { return b_; }

  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::ComparedDot<S>(a_.data(), w.data(), w.size()).at_most(b_);
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements) const {
    problem(w, t, elements)();
  }
  template <Scalar S>
  void settle(Row<S> w, const auto& elements) const {
    problem(w, Steps<S>{nullptr, S(1)}, elements).settle();
  }
  /// The least a'w of weights between the ends of an interval must be at most b.
  bool reaches(const auto& each, Index) const {
    double least = 0;
    for (const double a : a_) {
      if (a == 0) continue;
      if (!(a > 0 ? each.bounded_below() : each.bounded_above())) return true;
      least += a * static_cast<double>(a > 0 ? each.low : each.high);
    }
    return least <= b_;
  }
  /// Throws ValueError for numbers that are not finite, also as floats, and for coefficients that are zero as
  /// floats only.
  void validate() const {
    for (const double a : a_)
      if (!std::isfinite(static_cast<float>(a)) || (a != 0 && static_cast<float>(a) == 0))
        detail::fail(name, "finite coefficients, also as floats, none of which is 0 as a float only", a);
    if (!std::isfinite(static_cast<float>(b_))) detail::fail(name, "a finite bound, also as a float", b_);
  }
  /// Throws ShapeError, naming `where`, for vectors of another length than a.
  void validate(std::string_view where, Index n) const {
    if (static_cast<Index>(a_.size()) != n)
      detail::fail<ShapeError>(
          where, {"a HalfSpace with {} coefficients, one for each weight of a vector", {n}}, a_.size());
  }

  void describe(auto&& f) const { f("a", a_), f("b", b_); }

  bool operator==(const HalfSpace&) const = default;

 private:
  template <Scalar S, class Elements>
  detail::HalfSpaceProjection<S, Elements> problem(Row<S> w, Steps<S> t, const Elements& elements) const {
    return {elements, a_.data(), w.data(), w.size(), t, b_};
  }

  std::vector<double> a_;
  double b_ = 0;
};

}  // namespace espalier
