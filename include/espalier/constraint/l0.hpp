// SPDX-License-Identifier: MIT
// The price of each weight that is not zero, by its proximal operator: the hard threshold.
#pragma once

#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier {

/// strength * (the number of weights that are not zero). After the step a weight stays as it is where y^2 > 2
/// strength t, t its step size, and else is zero, also where both are equally good (iterative hard
/// thresholding: Blumensath & Davies 2008). It does not shrink what stays, as L1 does, and it is not convex:
/// training rests at one of many local optima, and which one depends on the start and the step sizes.
///
/// With Clip and other sets of single weights a weight stays if the nearest one in the sets, c, is worth its
/// price: c (2 y - c) > 2 strength t. With L1 beside it y is what L1 leaves. Both are exact, weight by
/// weight.
struct L0 {
  double strength = 0;

  static constexpr std::string_view name = "L0";
  static constexpr bool keeps_finite = true, convex = false;

  template <Scalar S>
  S value(S w) const {
    return w != 0 ? static_cast<S>(strength) : S(0);
  }
  template <Scalar S>
  S prox(S y, S t) const {
    const S price = static_cast<S>(2 * strength) * t;
    return y * y <= price && price > 0 ? S(0) : y;
  }
  template <Scalar S>
  ESPALIER_INLINE Line<S> prox(const Line<S>& y, const Line<S>& t) const {
    return worth(y, y * y, t, Line<S>(S(0)));
  }
  template <Scalar S>
  ESPALIER_INLINE Line<S> prox(const Line<S>& y, const Line<S>& t, const auto& sets) const {
    const Line<S> nearest = sets.project(y), zero = sets.project(Line<S>(S(0)));
    const Line<S> best = worth(nearest, nearest * (y + (y - nearest)), t, zero);
    return Line<S>::if_zero(zero, best, nearest);
  }
  /// No slope, since there is none at a jump: it keeps the step sizes of Adam and others at most rate /
  /// strength, and so the threshold at most sqrt(2 rate). Otherwise weights with small gradients, whose steps
  /// are long, would all go to zero.
  double slope_bound() const { return strength; }
  void validate() const {
    detail::check_not_negative(name, "strength", strength);
    if (!std::isfinite(static_cast<float>(2 * strength)))
      detail::fail(name, "a strength of which twice is finite also as a float", strength);
  }

  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const L0&) const = default;

 private:
  /// x where what keeping it saves is above the price, or where there is no price; else zero. What is not a
  /// number stays so.
  template <Scalar S>
  ESPALIER_INLINE Line<S> worth(const Line<S>& x, const Line<S>& saved, const Line<S>& t,
                                const Line<S>& zero) const {
    const Line<S> price = static_cast<S>(2 * strength) * t;
    const Line<S> above = Line<S>::differ(saved.max(price), price);
    return Line<S>::if_zero(price, x, Line<S>::if_zero(above, zero, x));
  }
};

}  // namespace espalier
