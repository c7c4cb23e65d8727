// SPDX-License-Identifier: MIT
// No weight above zero.
#pragma once

#include "espalier/core/policy.hpp"
#include "espalier/init/log_normal.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier {

/// w <= 0, exactly. With ReLU between layers of such weights a network can come near every monotone function
/// (arXiv:2505.02537), while NonNegative weights make it convex. It is monotone up where the number of layers
/// is even, and down where it is odd.
struct NonPositive {
  static constexpr std::string_view name = "NonPositive";
  static constexpr bool keeps_finite = true;
  static constexpr bool homogeneous = true, solid = true;

  template <Scalar S>
  bool contains(S w) const {
    return w <= 0;
  }
  template <Scalar S>
  S project(S w) const {
    return w > 0 ? S(0) : w;
  }
  template <Scalar S>
  Line<S> project(const Line<S>& w) const {
    return w.min(S(0));
  }

  LogNormal<OneSign> initializer() const { return {{-1}}; }

  bool operator==(const NonPositive&) const = default;
};

}  // namespace espalier
