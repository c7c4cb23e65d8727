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

  double clamp(double x) const {
    if (x < static_cast<double>(low) && bounded_below()) return low;
    if (x > static_cast<double>(high) && bounded_above()) return high;
    return x;
  }
  bool strictly_inside(double x) const {
    return (x > static_cast<double>(low) || !bounded_below()) &&
           (x < static_cast<double>(high) || !bounded_above());
  }
  /// What of it is not negative.
  Interval not_negative() const { return {std::max(low, S(0)), std::max(high, S(0))}; }
};

}  // namespace detail

/// What a vector policy gets as `elements` where no other policy looks at single weights, and the members
/// that it can count on where some do.
struct NoElements {
  /// Is each set a cone, each penalty linear on either side of 0? Are there neither?
  static constexpr bool homogeneous = true, none = true;

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
};

}  // namespace espalier
