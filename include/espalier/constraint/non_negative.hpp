// SPDX-License-Identifier: MIT
// No weight below zero.
#pragma once

#include "espalier/core/policy.hpp"
#include "espalier/init/log_normal.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier {

/// w >= 0, exactly. On every weight, with monotone activations, the network is monotone in each input.
struct NonNegative {
  static constexpr std::string_view name = "NonNegative";
  static constexpr bool keeps_finite = true;
  static constexpr bool homogeneous = true, solid = true;

  template <Scalar S>
  bool contains(S w) const {
    return w >= 0;
  }
  template <Scalar S>
  S project(S w) const {
    return w < 0 ? S(0) : w;
  }
  template <Scalar S>
  Line<S> project(const Line<S>& w) const {
    return w.max(S(0));
  }

  LogNormal<OneSign> initializer() const { return {{+1}}; }

  bool operator==(const NonNegative&) const = default;
};

}  // namespace espalier
