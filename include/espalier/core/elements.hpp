// SPDX-License-Identifier: MIT
// What a policy of vectors is told of the policies of single weights beside it.
#pragma once

#include <algorithm>
#include <limits>

#include "espalier/core/matrix.hpp"

namespace espalier {
namespace detail {

/// The numbers of a precision that are in all sets of elements, which are intervals: from the first to the
/// last of them. A bound at the end of the finite numbers is none.
template <Scalar S>
struct Interval {
  S low = std::numeric_limits<S>::lowest(), high = std::numeric_limits<S>::max();

  bool bounded_below() const { return low > std::numeric_limits<S>::lowest(); }
  bool bounded_above() const { return high < std::numeric_limits<S>::max(); }

  /// The nearest of them; a zero gets the sign of a bound that is zero.
  double clamp(double x) const {
    if (x <= static_cast<double>(low) && bounded_below()) return low;
    if (x >= static_cast<double>(high) && bounded_above()) return high;
    return x;
  }
  bool strictly_inside(double x) const {
    return (x > static_cast<double>(low) || !bounded_below()) &&
           (x < static_cast<double>(high) || !bounded_above());
  }
  /// What of it is between the ends of another; its nearest end, if that is nothing.
  Interval within(const Interval& limits) const {
    return {std::clamp(low, limits.low, limits.high), std::clamp(high, limits.low, limits.high)};
  }
};

/// The interval of each weight of a vector: one for all, which is asked for once, or each its own.
template <Scalar S, class Elements>
class Intervals {
 public:
  /// With `limits` for all of them.
  explicit Intervals(const Elements& elements, const Interval<S>& limits = {})
      : elements_(elements), limits_(limits) {
    if constexpr (Elements::alike) common_ = elements.template interval<S>().within(limits);
  }

  /// The interval of all weights, where they are alike.
  Interval<S> common() const { return common_; }
  Interval<S> operator[]([[maybe_unused]] Index i) const {
    if constexpr (Elements::alike)
      return common_;
    else
      return elements_.at(i).template interval<S>().within(limits_);
  }

 private:
  const Elements& elements_;
  Interval<S> limits_, common_{};
};

}  // namespace detail

/// What a vector policy gets as `elements` where no other policy looks at single weights, and the members
/// that it can count on where some do: at(i) has prox, interval and cost for the i-th weight. Where all
/// weights are alike `elements` has them too.
struct NoElements {
  /// Is each set a cone, each penalty linear on either side of 0? Are there neither?
  static constexpr bool homogeneous = true, none = true;
  /// Are they the same for every weight? Where not, only at(i) has the members below.
  static constexpr bool alike = true;

  /// The policies of the i-th weight of the vector.
  const NoElements& at(Index) const { return *this; }

  /// The proximal point of the penalties of one weight, at step size t.
  template <Scalar S>
  S prox(S y, S) const {
    return y;
  }
  /// The weights that the sets allow.
  template <Scalar S>
  detail::Interval<S> interval() const {
    return {};
  }
  /// The value of the penalties of one weight.
  template <Scalar S>
  double cost(S) const {
    return 0;
  }
};

}  // namespace espalier
