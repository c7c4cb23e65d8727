// SPDX-License-Identifier: MIT
// Weights inside an interval, as a function of numbers that are free.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/core/round.hpp"

namespace espalier {

/// w = lo + (hi - lo) / (1 + exp(-theta)) for each weight, theta is what is stored and trained: lo <= w <= hi
/// without tolerance, and none rests at a bound with a gradient of zero as under Clip, unless roundings bring
/// it there (|theta| > 17 in float, 37 in double). `assign` takes the w inside, not the bounds. Initializers'
/// numbers outside start at 1/64 of the interval from the nearer bound.
struct IntervalWeight {
  double lo = 0, hi = 1;

  static constexpr std::string_view name = "IntervalWeight";

  template <Scalar S>
  S weight(S theta) const {
    const double small = std::exp(-std::abs(static_cast<double>(theta))),
                 part = (hi - lo) * (small / (1 + small));
    const S w = static_cast<S>(theta > 0 ? hi - part : lo + part);
    // A comparison lets NaN pass.
    const S low = detail::round_up<S>(lo), high = detail::round_down<S>(hi);
    return w < low ? low : w > high ? high : w;
  }
  template <Scalar S>
  S parameter(S w) const {
    const double x = w;
    if (!(x > lo && x < hi)) return std::numeric_limits<S>::quiet_NaN();
    return static_cast<S>(std::log((x - lo) / (hi - x)));
  }
  template <Scalar S>
  S start(S w) const {
    const double margin = (hi - lo) / 64, x = std::clamp(static_cast<double>(w), lo + margin, hi - margin);
    return static_cast<S>(std::log((x - lo) / (hi - x)));
  }
  template <Scalar S>
  S pull_back(S theta, S dw) const {
    const double small = std::exp(-std::abs(static_cast<double>(theta))), sum = 1 + small;
    return static_cast<S>(static_cast<double>(dw) * (hi - lo) * (small / sum) / sum);
  }
  void validate() const {
    const float low = detail::round_up<float>(lo), high = detail::round_down<float>(hi);
    if (!(lo < hi) || !(low < high) || !std::isfinite(low) || !std::isfinite(high))
      detail::fail(name, "lo < hi, two floats that are finite",
                   detail::format_message("lo = {}, hi = {}", {lo, hi}));
  }

  void describe(auto&& f) const { f("lo", lo), f("hi", hi); }

  bool operator==(const IntervalWeight&) const = default;
};

}  // namespace espalier
