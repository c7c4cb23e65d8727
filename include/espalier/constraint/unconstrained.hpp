// SPDX-License-Identifier: MIT
// The null policy: the whole line is allowed. Copy it to start your own.
#pragma once

#include "espalier/core/policy.hpp"

namespace espalier {

/// Every weight is feasible. A set needs to say what it contains and where the nearest point of it is; a
/// member `void validate() const` that throws ValueError is called when a layer is built with the policy.
struct Unconstrained {
  static constexpr std::string_view name = "Unconstrained";
  static constexpr bool homogeneous = true;

  template <Scalar S>
  bool contains(S) const {
    return true;
  }
  template <Scalar S>
  S project(S w) const {
    return w;
  }

  bool operator==(const Unconstrained&) const = default;
};

}  // namespace espalier
