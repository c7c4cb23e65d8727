// SPDX-License-Identifier: MIT
// Positive weights, as a function of numbers that are free.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/core/policy.hpp"

namespace espalier {

/// w = log(1 + exp(theta)) for each weight, theta is what is stored and trained: all weights are positive,
/// and none rests at a bound as under NonNegative. `assign` takes the w; a weight that is not positive is
/// none that it can give. Below the least normal number w stays there. A stored number of precision S gives
/// back w within |log w| + 2 units of roundoff.
struct SoftplusWeight {
  static constexpr std::string_view name = "SoftplusWeight";

  template <Scalar S>
  S weight(S theta) const {
    const double t = theta;
    const double w = (t > 0 ? t : 0) + std::log1p(std::exp(-std::abs(t)));
    // No denormal number: in a step it would count as zero.
    return static_cast<S>(std::max(w, static_cast<double>(std::numeric_limits<S>::min())));
  }
  /// log(exp(w) - 1), without overflow and without loss at either end.
  template <Scalar S>
  S parameter(S w) const {
    if (!(w > 0)) return std::numeric_limits<S>::quiet_NaN();
    const double x = w;
    return static_cast<S>(x < 1 ? std::log(std::expm1(x)) : x + std::log(-std::expm1(-x)));
  }
  /// dw times 1 / (1 + exp(-theta)).
  template <Scalar S>
  S pull_back(S theta, S dw) const {
    const double small = std::exp(-std::abs(static_cast<double>(theta)));
    return static_cast<S>(static_cast<double>(dw) * (theta > 0 ? 1 : small) / (1 + small));
  }

  bool operator==(const SoftplusWeight&) const = default;
};

}  // namespace espalier
