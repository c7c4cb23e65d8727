// SPDX-License-Identifier: MIT
// Every weight between two bounds.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/core/round.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier {

/// lo <= w <= hi, exactly: bounds that a float does not have are rounded inwards.
struct Clip {
  double lo = -1, hi = 1;

  static constexpr std::string_view name = "Clip";
  static constexpr bool keeps_finite = true;

  template <Scalar S>
  bool contains(S w) const {
    return static_cast<double>(w) >= lo && static_cast<double>(w) <= hi;
  }
  template <Scalar S>
  S project(S w) const {
    const S low = detail::round_up<S>(lo), high = detail::round_down<S>(hi);
    const S raised = w < low ? low : w;
    return raised > high ? high : raised;
  }
  /// With the bounds rounded once for many lines.
  template <Scalar S>
  struct OnLines {
    S low, high;
    Line<S> project(const Line<S>& w) const { return w.max(low).min(high); }
  };
  template <Scalar S>
  OnLines<S> on_lines() const {
    return {detail::round_up<S>(lo), detail::round_down<S>(hi)};
  }
  void validate() const {
    if (!(lo <= hi)) detail::fail("Clip", "lo <= hi", detail::format_message("lo = {}, hi = {}", {lo, hi}));
    const float low = detail::round_up<float>(lo), high = detail::round_down<float>(hi);
    if (low > high || std::isinf(std::clamp(0.0F, low, high)))
      detail::fail("Clip", "a float between lo and hi", detail::format_message("lo = {}, hi = {}", {lo, hi}));
  }

  void describe(auto&& f) const { f("lo", lo), f("hi", hi); }

  bool operator==(const Clip&) const = default;
};

}  // namespace espalier
