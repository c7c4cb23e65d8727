// SPDX-License-Identifier: MIT
// The penalty on the differences of neighboring weights, by its proximal operator: steps instead of slopes.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/total_variation.hpp"

namespace espalier {

/// strength * sum |w_i+1 - w_i| over the inputs of each neuron, for inputs that have an order, as times or
/// wavelengths (Rudin, Osher & Fatemi 1992; with L1 the fused lasso, Tibshirani et al. 2005). After a step
/// neighbors that do not differ enough are exactly equal. PerInput{TotalVariation{..}} goes along the
/// neurons.
///
/// The step's y goes to its proximal point in the metric of the step, in time proportional to the number of
/// weights (Johnson 2013). An interval for all weights,
/// as of Clip, clips that. With L1 of strength l it is max(p, 0) + min(q, 0), where p and q are what becomes
/// of y - l t and of y + l t: the set of weights above a level depends on the slope of the rest there alone.
struct TotalVariation {
  double strength = 0;

  static constexpr std::string_view name = "TotalVariation";
  static constexpr bool convex = true;
  static constexpr Index room = 10;

  template <class Q>
  static constexpr bool meets() {
    static_assert(
        !KeepsNumbers<Q> || !(ElementSet<Q> || ProximalPenalty<Q>),
        "TotalVariation with bounds or strengths that differ from weight to weight, as Mask, has no "
        "exact algorithm: write Clip or L1 with it, the same for all weights, or Isotonic");
    static_assert(!ProximalPenalty<Q> || homogeneous_policy<Q>(),
                  "TotalVariation with a penalty that is not homogeneous has no exact algorithm: write L1 "
                  "with it, or drop one of them");
    return true;
  }

  template <Scalar S>
  double value(ConstRow<S> w) const {
    double sum = 0;
    for (Index i = 1; i < w.size(); ++i)
      sum += std::abs(static_cast<double>(w[i]) - static_cast<double>(w[i - 1]));
    return strength * sum;
  }
  template <Scalar S>
  void prox(Row<S> w, Steps<S> t, const auto& elements, double* numbers) const {
    const Index n = w.size();
    const detail::Interval<S> interval = elements.template interval<S>();
    const double up = elements.cost(1.0), down = elements.cost(-1.0);
    double *const above = numbers, *const below = up == 0 && down == 0 ? above : numbers + n;
    move(w, t, up, above, numbers + 2 * n);
    if (below != above) move(w, t, -down, below, numbers + 2 * n);
    for (Index i = 0; i < n; ++i) {
      const double x = below == above ? above[i] : above[i] > 0 ? above[i] : below[i] < 0 ? below[i] : 0;
      w[i] = static_cast<S>(interval.clamp(x + 0 * above[i]));
    }
  }
  /// Each weight has two neighbors.
  double slope_bound() const { return 2 * strength; }
  void validate() const {
    detail::check_not_negative(name, "strength", strength);
    if (!std::isfinite(static_cast<float>(2 * strength)))
      detail::fail(name, "a strength of which twice is finite also as a float", strength);
  }

  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const TotalVariation&) const = default;

 private:
  /// x = what becomes of w - slope t.
  template <Scalar S>
  void move(Row<S> w, Steps<S> t, double slope, double* x, double* numbers) const {
    using detail::TotalVariationProx;
    const auto weight = [&](Index i) {
      const double step = static_cast<double>(t[i]);
      return step > 0x1p-600 ? 1 / step : 0x1p600;  // a step size of zero holds its weight
    };
    for (Index i = 0; i < w.size(); ++i) x[i] = static_cast<double>(w[i]) - slope * static_cast<double>(t[i]);
    if (strength > 0) TotalVariationProx(weight, strength, w.size(), numbers).solve(x);
  }
};

}  // namespace espalier
